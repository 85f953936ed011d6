// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/start_weights.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <utility>
#include <vector>

#include "backends/torch/checkpoint_tensors.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "tensors/weights_file.hpp"
#include "train/adapters.hpp"
#include "train/trained_run.hpp"

namespace trilby::backends {
namespace {

using tensors::Weight;
using tensors::WeightsFile;

/// Of Trilby's checkpoints, the best weights first, and usual names of modules around a network.
constexpr std::array<std::string_view, 7> prefixes{"best.",   "average.", "model.",     "",
                                                   "module.", "network.", "state_dict."};

struct Pair {
    const Weight* weight;
    torch::Tensor tensor;
};

struct Matches {
    std::vector<Pair> pairs;
    std::vector<std::string> missing;  ///< with the reason
};

Matches matches_of(const WeightsFile& file, const NamedTensors& network, std::string_view prefix) {
    Matches matches;
    for (const auto& [name, tensor] : network) {
        const Weight* weight = file.find(std::string(prefix) + name);
        const bool is_tied = std::ranges::any_of(
            matches.pairs, [&](const Pair& pair) { return pair.tensor.is_same(tensor); });
        if (weight == nullptr && (train::is_of_adapter(name) || is_tied)) {
            continue;
        }
        if (weight == nullptr) {
            matches.missing.push_back(name + " (not in the file)");
        } else if (tensor.sizes() != torch::IntArrayRef(weight->shape)) {
            matches.missing.push_back(fmt::format("{} ({} in the file, {} here)", name,
                                                  fmt::join(weight->shape, " x "),
                                                  fmt::join(tensor.sizes(), " x ")));
        } else {
            matches.pairs.push_back({weight, tensor});
        }
    }
    return matches;
}

Matches best_matches(const WeightsFile& file, const NamedTensors& network) {
    Matches best = matches_of(file, network, prefixes[0]);
    for (const std::string_view prefix : prefixes) {
        Matches matches = matches_of(file, network, prefix);
        if (matches.pairs.size() > best.pairs.size()) {
            best = std::move(matches);
        }
    }
    return best;
}

/// The first ones of many.
std::string in_words(std::vector<std::string> names) {
    constexpr std::size_t most = 6;
    const char* more = names.size() > most ? ", ..." : "";
    names.resize(std::min(most, names.size()));
    return printable(fmt::format("{}{}", fmt::join(names, ", "), more), 2000);
}

std::vector<std::string> names_in(const WeightsFile& file) {
    std::vector<std::string> names;
    for (const Weight& weight : file.weights()) {
        names.push_back(weight.name);
    }
    return names;
}

/// A run stands for its checkpoint.
Result<std::filesystem::path> file_of(const std::filesystem::path& path) {
    std::error_code unknown;
    return std::filesystem::is_directory(path, unknown) ? train::checkpoint_at(path)
                                                        : Result<std::filesystem::path>(path);
}

std::unexpected<Error> misfit(const train::Recipe& recipe, std::string message, std::string hint) {
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: {}", recipe.place_of("training.weights"), std::move(message)),
                   std::move(hint));
}

/// Weights without their adapters would be those before the training.
Result<void> require_adapters(const train::Recipe& recipe, const WeightsFile& file,
                              const NamedTensors& network) {
    const auto adapter = std::ranges::find_if(
        file.weights(), [](const Weight& weight) { return train::is_of_adapter(weight.name); });
    const bool has_adapters = std::ranges::any_of(
        network, [](const auto& named) { return train::is_of_adapter(named.first); });
    if (adapter == file.weights().end() || has_adapters) {
        return {};
    }
    return misfit(recipe,
                  fmt::format("'{}' has adapters, such as '{}', which the network lacks",
                              printable(recipe.training.weights), printable(adapter->name, 200)),
                  "merge them: trilby export RUN --output weights.safetensors");
}

Result<void> copy(const WeightsFile& file, const Pair& pair) {
    const auto type = type_named(pair.weight->dtype);
    if (!type) {
        return failure(ErrorCode::bad_data,
                       fmt::format("tensor '{}' has the type {}, expected a "
                                   "floating-point or an integer type",
                                   printable(pair.weight->name, 200), pair.weight->dtype));
    }
    TRILBY_TRY(bytes, file.read(*pair.weight));
    const torch::NoGradGuard no_gradients;
    torch::Tensor target = pair.tensor;
    target.copy_(torch::from_blob(bytes.data(), pair.weight->shape, *type));
    return {};
}

}  // namespace

Result<void> load_start_weights(const train::Recipe& recipe, const NamedTensors& network) {
    if (recipe.training.weights.empty()) {
        return {};
    }
    TRILBY_TRY(path, file_of(recipe.training.weights));
    TRILBY_TRY(file, WeightsFile::open(path));
    const Matches matches = best_matches(file, network);
    const std::string name = printable(recipe.training.weights);
    if (matches.pairs.empty()) {
        return misfit(recipe,
                      fmt::format("'{}' has no weight of the network, which has {}", name,
                                  in_words({network.empty() ? "" : network[0].first})),
                      fmt::format("the file has {}", in_words(names_in(file))));
    }
    if (!matches.missing.empty() && !recipe.training.weights_partly) {
        return misfit(recipe,
                      fmt::format("'{}' has {} of {} tensors of the network; it lacks {}", name,
                                  matches.pairs.size(), network.size(), in_words(matches.missing)),
                      "--set training.weights_partly=true starts those anew");
    }
    TRILBY_CHECK(require_adapters(recipe, file, network));
    for (const Pair& pair : matches.pairs) {
        TRILBY_CHECK(copy(file, pair));
    }
    return {};
}

}  // namespace trilby::backends
