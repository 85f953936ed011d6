// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/recorded/recipe_network.hpp"

#include <memory>
#include <variant>

#include "backends/torch/images/network.hpp"
#include "backends/torch/series/network.hpp"
#include "backends/torch/table/network.hpp"
#include "backends/torch/text/network.hpp"
#include "base/try.hpp"
#include "train/images/check.hpp"
#include "train/images/data.hpp"
#include "train/series/schema.hpp"
#include "train/text/schema.hpp"

namespace trilby::backends {
namespace {

namespace images = train::images;
namespace series = train::series;
namespace table = train::table;
namespace text = train::text;

Result<RecipeNetwork> network_for(const images::Settings& settings, const train::Recipe& recipe,
                                  const json::object& document) {
    TRILBY_TRY(schema, images::parse_schema(document));
    TRILBY_TRY(shapes, images::check_network(settings, schema, recipe));
    auto layers = make_image_network(settings.layers, shapes, recipe.training.seed);
    return RecipeNetwork{
        {layers.ptr(), [layers](const Batch& x) mutable { return layers->forward(x[0]); }},
        {"images"},
        [schema](std::int64_t examples) -> Batch {
            return {torch::randn({examples, schema.channels, schema.height, schema.width})};
        }};
}

Result<RecipeNetwork> network_for(const table::Settings& settings, const train::Recipe& recipe,
                                  const json::object& document) {
    TRILBY_TRY(schema, table::parse_schema(document));
    auto network = std::make_shared<TableNetwork>(settings, schema, recipe.training.seed);
    const bool is_class = schema.target.is_class();
    const auto numbers = static_cast<std::int64_t>(schema.numbers.size());
    const auto categories = static_cast<std::int64_t>(table::level_counts(schema).size());
    return RecipeNetwork{{network,
                          [network, is_class](const Batch& x) {
                              const torch::Tensor members = network->forward(x[0], x[1]);
                              return (is_class ? members.softmax(2) : members).mean(0);
                          }},
                         {"numbers", "codes"},
                         [numbers, categories](std::int64_t examples) -> Batch {
                             return {torch::randn({examples, numbers}),
                                     torch::zeros({examples, categories}, torch::kInt64)};
                         }};
}

Result<RecipeNetwork> network_for(const text::Settings& settings, const train::Recipe& recipe,
                                  const json::object& document) {
    TRILBY_TRY(schema, text::parse_schema(document));
    const auto tokens = static_cast<std::int64_t>(text::vocabulary_of(schema).size());
    auto network = std::make_shared<TextNetwork>(settings, tokens, recipe.training.seed);
    return RecipeNetwork{{network, [network](const Batch& x) { return network->forward(x[0]); }},
                         {"tokens"},
                         [context = settings.context](std::int64_t examples) -> Batch {
                             return {torch::zeros({examples, context}, torch::kInt64)};
                         }};
}

Result<RecipeNetwork> network_for(const series::Settings& settings, const train::Recipe& recipe,
                                  const json::object& document) {
    TRILBY_TRY(schema, series::parse_schema(document));
    const auto variables = static_cast<std::int64_t>(schema.variables.size());
    auto network = std::make_shared<SeriesNetwork>(settings, variables, recipe.training.seed);
    return RecipeNetwork{{network, [network](const Batch& x) { return network->forward(x[0]); }},
                         {"past"},
                         [variables, steps = settings.look_back](std::int64_t examples) -> Batch {
                             return {torch::randn({examples, variables, steps})};
                         }};
}

}  // namespace

Result<RecipeNetwork> recipe_network(const train::Recipe& recipe, const json::object& schema) {
    return std::visit([&](const auto& settings) { return network_for(settings, recipe, schema); },
                      recipe.task);
}

}  // namespace trilby::backends
