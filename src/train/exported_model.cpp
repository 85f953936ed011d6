// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/exported_model.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "platform/atomic_file.hpp"
#include "platform/large_file.hpp"
#include "pt2/file.hpp"
#include "tensors/element_type.hpp"
#include "train/run_files.hpp"

namespace trilby::train {
namespace {

using Path = std::filesystem::path;
using Sizes = std::vector<pt2::Size>;

/// The sizes of the only input; empty for a model with several.
Sizes input_sizes(const pt2::Program& program) {
    const auto inputs = pt2::user_inputs(program);
    return inputs.size() == 1 ? inputs[0].meta.sizes : Sizes();
}

/// The sizes of the result.
Sizes output_sizes(const pt2::Program& program) {
    const auto outputs = pt2::user_outputs(program);
    return outputs.empty() ? Sizes() : outputs[0].meta.sizes;
}

std::optional<std::int64_t> size_at(const Sizes& sizes, std::size_t dimensions, std::size_t at) {
    return sizes.size() == dimensions ? sizes[at].number : std::nullopt;
}

/// What a model asks of the settings, which --set may have decided already.
class Fitting {
  public:
    explicit Fitting(const std::vector<std::string>& changes) : changes_(changes) {}

    void set(std::string_view key, std::int64_t& setting, std::optional<std::int64_t> wanted) {
        const bool is_decided = std::ranges::any_of(changes_, [&](const std::string& change) {
            return trim(change).starts_with(fmt::format("{}=", key));
        });
        if (wanted && !is_decided && setting != *wanted) {
            setting = *wanted;
            sentences.push_back(fmt::format("{}: {}, as the model takes", key, *wanted));
        }
    }

    std::vector<std::string> sentences;

  private:
    const std::vector<std::string>& changes_;
};

void fit(images::Settings& settings, const pt2::Program& program, Fitting& fitting) {
    const Sizes sizes = input_sizes(program);
    const auto side = size_at(sizes, 4, 2);
    if (!settings.path.empty() && settings.side > 0 && side == size_at(sizes, 4, 3)) {
        fitting.set("data.side", settings.side, side);
        fitting.set("data.channels", settings.channels, size_at(sizes, 4, 1));
    }
}

void fit(table::Settings& /*settings*/, const pt2::Program& /*program*/, Fitting& /*fitting*/) {}

void fit(text::Settings& settings, const pt2::Program& program, Fitting& fitting) {
    fitting.set("network.context", settings.context, size_at(input_sizes(program), 2, 1));
}

void fit(series::Settings& settings, const pt2::Program& program, Fitting& fitting) {
    fitting.set("data.look_back", settings.look_back, size_at(input_sizes(program), 3, 2));
    fitting.set("data.horizon", settings.horizon, size_at(output_sizes(program), 3, 2));
}

/// What is usual for a network of which nothing is known.
OptimizerSettings usual_optimizer() {
    OptimizerSettings optimizer;
    optimizer.kind = OptimizerSettings::Kind::adamw;
    optimizer.learning_rate = 0.001;
    optimizer.weight_decay = 0.01;
    optimizer.clip_norm = 1.0;
    return optimizer;
}

ScheduleSettings usual_schedule(std::int64_t epochs) {
    return {.kind = ScheduleSettings::Kind::cosine,
            .warmup_epochs = static_cast<double>(epochs) / 10.0};
}

std::uint64_t count_parameters(const pt2::Program& program) {
    std::uint64_t count = 0;
    for (const pt2::InputSpec& input : program.inputs) {
        const auto* tensor = input.kind == pt2::InputSpec::Kind::parameter
                                 ? pt2::find_tensor(program, input.target)
                                 : nullptr;
        count += tensor == nullptr ? 0 : tensors::count_elements(tensor->sizes).value_or(0);
    }
    return count;
}

/// Calls `take` with the bytes of a file, part by part.
Result<void> read_all(const Path& path,
                      const std::function<Result<void>(std::span<std::byte>)>& take) {
    constexpr std::size_t most = std::size_t{1} << 20;
    TRILBY_TRY(file, platform::LargeFile::open(path));
    std::vector<std::byte> buffer(most);
    for (std::uint64_t offset = 0; offset < file.size_bytes(); offset += most) {
        const std::span part = std::span(buffer).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(most, file.size_bytes() - offset)));
        if (!file.read(offset, part)) {
            return failure(ErrorCode::io,
                           fmt::format("'{}' cannot be read to its end", printable(path.native())));
        }
        TRILBY_CHECK(take(part));
    }
    return {};
}

Result<std::string> digest_of(const Path& path) {
    Sha256 digest;
    TRILBY_CHECK(read_all(path, [&](std::span<std::byte> part) -> Result<void> {
        digest.update(part);
        return {};
    }));
    return digest.finish();
}

/// The SHA-256 of the file. ErrorCode::bad_data if the recipe has another one.
Result<std::string> checked_digest(const Recipe& recipe, const Path& file) {
    const std::string& expected = recipe.other.sha256;
    TRILBY_TRY(digest, digest_of(file));
    if (!expected.empty() && expected != digest) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: the model '{}' has the SHA-256 {}, expected {}",
                                   recipe.place_of("network.sha256"), printable(file.native()),
                                   digest, printable(expected, 80)),
                       "bring the old model back, or start a new run with this one");
    }
    return digest;
}

}  // namespace

Result<Choice> choose_for_model(Choice choice, const Path& model,
                                const std::vector<std::string>& changes) {
    TRILBY_TRY(file, pt2::File::open(model));
    const pt2::Program& program = file.program();
    Fitting fitting(changes);
    std::visit([&](auto& settings) { fit(settings, program, fitting); }, choice.recipe.task);
    choice.recipe.other.model = model.string();
    choice.recipe.training.label_smoothing = 0.0;
    choice.recipe.optimizer = usual_optimizer();
    choice.recipe.schedule = usual_schedule(choice.recipe.training.epochs);
    std::erase_if(choice.decisions, [](const std::string& decision) {
        return decision.starts_with("network:") || decision.starts_with("images:");
    });
    choice.decisions.push_back(fmt::format("network: {} parameters, exported by PyTorch {}",
                                           format_count(count_parameters(program)),
                                           program.torch_version));
    std::ranges::move(fitting.sentences, std::back_inserter(choice.decisions));
    return choice;
}

Result<pt2::File> open_model(const Recipe& recipe, const Path& file) {
    if (!recipe.other.sha256.empty()) {
        TRILBY_CHECK(checked_digest(recipe, file));
    }
    return pt2::File::open(file);
}

Result<Recipe> with_model_digest(Recipe recipe) {
    if (!recipe.other.model.empty()) {
        TRILBY_TRY(digest, checked_digest(recipe, recipe.other.model));
        TRILBY_CHECK(pt2::File::open(recipe.other.model));
        recipe.other.sha256 = std::move(digest);
    }
    return recipe;
}

Path model_of(const Recipe& recipe, const Path& folder) {
    return folder / recipe.other.model;
}

Result<Recipe> copy_model(Recipe recipe, const Path& run) {
    if (recipe.other.model.empty()) {
        return recipe;
    }
    TRILBY_TRY(copy, platform::AtomicFile::create(run / model_name));
    TRILBY_CHECK(
        read_all(recipe.other.model, [&](std::span<std::byte> part) { return copy.write(part); }));
    TRILBY_CHECK(copy.commit());
    recipe.other.model = model_name;
    return recipe;
}

void add_model(json::object& params, const Recipe& recipe, const Path& folder) {
    if (!recipe.other.model.empty()) {
        params["model"] = model_of(recipe, folder).string();
    }
}

}  // namespace trilby::train
