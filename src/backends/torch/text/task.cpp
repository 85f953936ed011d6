// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/task.hpp"

#include <algorithm>
#include <vector>

#include "backends/torch/data_rows.hpp"
#include "backends/torch/text/network.hpp"
#include "base/random.hpp"
#include "base/try.hpp"
#include "train/text/data.hpp"
#include "train/text/measures.hpp"

namespace trilby::backends {
namespace {

namespace F = torch::nn::functional;
using torch::Tensor;

constexpr std::array all_parts{data::Part::training, data::Part::validation, data::Part::test};
constexpr std::int64_t evaluation_tokens = 8192;  ///< per batch

std::int64_t window_count(const data::Range& range, std::int64_t context) {
    return std::max<std::int64_t>(0, (range.size() - 1) / context);
}

double tokens_per_character(const TaskData& data, const train::text::Schema& schema,
                            const data::Range& part) {
    return train::text::with_tokens(data.arrays, [&]<class Token>(std::span<Token> tokens) {
        return train::text::tokens_per_character(schema, train::text::tokens_of(tokens, part));
    });
}

Result<void> check_data(const TaskData& data, const train::text::Schema& schema,
                        std::int64_t context) {
    TRILBY_CHECK(data.arrays.require("tokens", token_type(schema), 1));
    const std::int64_t tokens = data.arrays.layout_of("tokens").shape[0];
    for (const data::Part part : all_parts) {
        const data::Range& range = data.parts.of(part);
        const bool fits = range.size() == 0 || range.size() > context;
        if (!fits || range.first < 0 || range.last > tokens) {
            return failure(ErrorCode::bad_data, "parts, context and tokens of a text do not fit");
        }
    }
    return {};
}

DataRows all_tokens(const train::SharedArrays& arrays, const torch::Device& device) {
    const Tensor tokens = tensor_of(arrays, "tokens");
    return {arrays, "tokens", {0, tokens.size(0)}, device, tokens.scalar_type()};
}

Network network_for(const train::text::Settings& settings, const train::Recipe& recipe,
                    std::int64_t tokens, const OwnParts& own) {
    if (own.network.module) {
        return own.network;
    }
    auto network = std::make_shared<TextNetwork>(settings, tokens, recipe.training.seed);
    return {network, [network](const Batch& inputs) { return network->forward(inputs[0]); }};
}

}  // namespace

TextTask::TextTask(std::int64_t context, const TaskData& data, const train::text::Schema& schema,
                   Network network, const OwnParts& own, const torch::Device& device)
    : Task(data.arrays),
      context_(context),
      parts_(data.parts),
      tokens_(all_tokens(data.arrays, device)),
      network_(std::move(network)),
      own_loss_(own.loss) {
    std::ranges::transform(all_parts, tokens_per_character_.begin(), [&](data::Part part) {
        return tokens_per_character(data, schema, data.parts.of(part));
    });
    data.arrays.announce(train::RowUse::finished, "tokens", {0, tokens_.size()});
    network_.module->to(device);
}

std::int64_t TextTask::count(data::Part part) const {
    return window_count(parts_.of(part), context_);
}

std::vector<train::ArrayRows> TextTask::rows_of(const data::Range& examples) const {
    const data::Range& range = parts_.training;
    return {{"tokens",
             {range.first + examples.first * context_,
              std::min(range.first + (examples.last + 1) * context_ + 1, range.last)}}};
}

Batch TextTask::batch(std::span<const std::int64_t> examples, std::uint64_t seed) const {
    const data::Range& range = parts_.training;
    const std::int64_t last_start = range.last - context_ - 1;
    SplitMix64 random(seed);
    std::vector<std::int64_t> starts;
    for (const std::int64_t example : examples) {
        const auto shift =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(context_)));
        starts.push_back(std::min(range.first + example * context_ + shift, last_start));
    }
    const torch::Device place = tokens_.place();
    const Tensor places = torch::tensor(starts, torch::kInt64).unsqueeze(1).to(place) +
                          torch::arange(context_ + 1, torch::kInt64).to(place);
    const Tensor tokens = tokens_.at(places.flatten())
                              .to(torch::kInt64)
                              .view({static_cast<std::int64_t>(examples.size()), context_ + 1});
    return {tokens.narrow(1, 0, context_).contiguous(), tokens.narrow(1, 1, context_).contiguous()};
}

namespace {

/// The mean over all tokens.
Tensor mean_nats(const Tensor& scores, const Tensor& next) {
    return F::cross_entropy(scores.flatten(0, 1), next.flatten());
}

}  // namespace

Tensor TextTask::loss(const Batch& batch) {
    const Tensor scores = network_.forward({batch[0]});
    return own_loss_ ? own_loss_(scores, batch[1]) : mean_nats(scores, batch[1]);
}

/// Windows side by side, of `length` tokens each.
Tensor TextTask::windows(std::int64_t first_token, std::int64_t count, std::int64_t length) const {
    return tokens_.between(first_token, first_token + count * length)
        .to(torch::kInt64)
        .view({count, length});
}

/// With a fixed context, a shorter window is the end of a whole one, which exists because each part
/// is longer than the context.
Tensor TextTask::scores(std::int64_t first_token, std::int64_t count, std::int64_t length) {
    if (length == context_ || !network_.has_fixed_context) {
        return network_.forward({windows(first_token, count, length)});
    }
    const std::int64_t before = context_ - length;
    return network_.forward({windows(first_token - before, count, context_)}).slice(1, before);
}

Result<train::Metrics> TextTask::evaluate(data::Part part, const AfterBatch& after_batch) {
    const data::Range& range = parts_.of(part);
    const std::int64_t most_windows = std::max<std::int64_t>(1, evaluation_tokens / context_);
    double nats = 0.0;
    double own_loss = 0.0;
    for (std::int64_t first = range.first; first < range.last - 1;) {
        const std::int64_t left = range.last - 1 - first;
        const std::int64_t length = std::min(context_, left);
        const std::int64_t count = std::min(most_windows, left / length);
        const auto tokens = static_cast<double>(count * length);
        const Tensor found = scores(first, count, length);
        const Tensor next = windows(first + 1, count, length);
        nats += mean_nats(found, next).item<double>() * tokens;
        own_loss += own_loss_ ? own_loss_(found, next).item<double>() * tokens : 0.0;
        first += count * length;
        TRILBY_CHECK(after_batch());
    }
    const auto all_tokens = static_cast<double>(range.size() - 1);
    train::Metrics metrics = train::text::measures_of(
        nats / all_tokens, tokens_per_character_[static_cast<std::size_t>(part)]);
    if (own_loss_) {
        metrics["loss"] = {own_loss / all_tokens};
    }
    return metrics;
}

Tensor TextTask::predict(data::Part part, std::int64_t first, std::int64_t last) {
    const std::int64_t first_token = parts_.of(part).first + first * context_;
    const Tensor scores = network_.forward({windows(first_token, last - first, context_)});
    return F::cross_entropy(scores.flatten(0, 1),
                            windows(first_token + 1, last - first, context_).flatten(),
                            F::CrossEntropyFuncOptions().reduction(torch::kNone))
        .view({last - first, context_})
        .mean(1, /*keepdim=*/true);
}

Result<std::unique_ptr<Task>> make_task(const train::text::Settings& settings,
                                        const train::Recipe& recipe, const TaskData& data,
                                        const torch::Device& device, const OwnParts& own) {
    TRILBY_TRY(schema, train::text::parse_schema(data.schema));
    TRILBY_CHECK(train::text::check_network(settings, recipe));
    TRILBY_CHECK(check_data(data, schema, settings.context));
    const auto tokens = static_cast<std::int64_t>(vocabulary_of(schema).size());
    Network network = network_for(settings, recipe, tokens, own);
    auto task = std::make_unique<TextTask>(settings.context, data, schema, network, own, device);
    if (own.network.module) {
        TRILBY_CHECK(check_outputs(*task, network, {{-1, settings.context, tokens}},
                                   "a score for each token after each token"));
    }
    return task;
}

}  // namespace trilby::backends
