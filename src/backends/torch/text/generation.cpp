// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/generation.hpp"

#include <variant>
#include <vector>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/text/generator.hpp"
#include "backends/torch/text/network.hpp"
#include "base/try.hpp"
#include "train/text/data.hpp"

namespace trilby::backends {
namespace {

Result<std::vector<std::int64_t>> read_prompt(const train::SharedArrays& arrays,
                                              std::int64_t tokens) {
    TRILBY_CHECK(arrays.require("prompt", train::ElementType::i32, 1));
    std::vector<std::int64_t> prompt;
    for (const std::int32_t token : arrays.elements<std::int32_t>("prompt")) {
        if (token < 0 || token >= tokens) {
            return failure(ErrorCode::bad_data, "the prompt has a token that does not exist");
        }
        prompt.push_back(token);
    }
    if (prompt.empty()) {
        return failure(ErrorCode::bad_data, "the prompt is empty");
    }
    return prompt;
}

}  // namespace

Result<json::object> generate(const train::Recipe& recipe, const TaskData& data,
                              const std::filesystem::path& checkpoint,
                              const train::text::GenerationSettings& settings,
                              const torch::Device& device, const JobContext& context) {
    const auto* text = std::get_if<train::text::Settings>(&recipe.task);
    if (text == nullptr) {
        return failure(ErrorCode::bad_data, "the recipe is not for text");
    }
    if (recipe.other.is_there()) {
        return failure(ErrorCode::bad_data,
                       "the network of the run is not one of Trilby's, which alone can continue a "
                       "text",
                       "let the program that made the network do it");
    }
    TRILBY_TRY(schema, train::text::parse_schema(data.schema));
    TRILBY_CHECK(train::text::check_network(*text, recipe));
    const auto tokens = static_cast<std::int64_t>(train::text::vocabulary_of(schema).size());
    TRILBY_TRY(prompt, read_prompt(data.arrays, tokens));

    const torch::NoGradGuard no_grad;
    TextNetwork network(*text, tokens, recipe.training.seed);
    network.to(device);
    network.eval();
    TRILBY_CHECK(load_weights(checkpoint, state_of(network)));
    TextGenerator generator(network, device, settings.sampling, settings.seed);
    generator.read(prompt);
    for (std::int64_t made = 0; made < settings.tokens; ++made) {
        if (context.is_cancelled()) {
            return failure(ErrorCode::interrupted, "stopped");
        }
        context.event({{"type", "token"}, {"token", generator.next()}});
    }
    return json::object{{"tokens", settings.tokens}};
}

}  // namespace trilby::backends
