// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/model_network.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <variant>

#include "backends/torch/exported/network.hpp"
#include "backends/torch/table/joined_inputs.hpp"
#include "base/try.hpp"
#include "train/exported_model.hpp"
#include "train/images/data.hpp"

namespace trilby::backends {
namespace {

using Inputs = std::function<Batch(const Batch&)>;

Batch unchanged(const Batch& batch) {
    return batch;
}

/// What the model gets of a batch: a table in one tensor, unless it takes two.
Result<Inputs> inputs_for(const train::Recipe& recipe, const json::object& schema,
                          const ExportedNetwork& network) {
    if (!std::holds_alternative<train::table::Settings>(recipe.task) ||
        network.count_inputs() != 1) {
        return unchanged;
    }
    TRILBY_TRY(table, train::table::parse_schema(schema));
    return [counts = code_counts(table)](const Batch& batch) {
        return Batch{joined_inputs(batch, counts)};
    };
}

/// How many numbers the network gives for an example of the data; 0: that is not one number.
Result<std::int64_t> count_outputs(const train::Recipe& recipe, const json::object& schema) {
    if (std::holds_alternative<train::images::Settings>(recipe.task)) {
        TRILBY_TRY(images, train::images::parse_schema(schema));
        return static_cast<std::int64_t>(images.classes.size());
    }
    if (std::holds_alternative<train::table::Settings>(recipe.task)) {
        TRILBY_TRY(table, train::table::parse_schema(schema));
        return std::max<std::int64_t>(1, static_cast<std::int64_t>(table.target.classes.size()));
    }
    return 0;
}

Result<ExportedNetworkOptions> options_for(const train::Recipe& recipe,
                                           const json::object& schema) {
    ExportedNetworkOptions options{.frozen = recipe.training.frozen,
                                   .adapter_rank = recipe.other.lora_rank,
                                   .adapter_scale = recipe.other.lora_scale};
    if (recipe.other.new_head) {
        TRILBY_TRY(outputs, count_outputs(recipe, schema));
        if (outputs == 0) {
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: a new head is for the classes or numbers of images and "
                                       "tables, and the data are for the task '{}'",
                                       recipe.place_of("network.new_head"), recipe.task_name()),
                           "remove the key");
        }
        options.head_outputs = outputs;
    }
    return options;
}

}  // namespace

Result<Network> model_network(const train::Recipe& recipe, const json::object& schema,
                              const std::filesystem::path& model) {
    TRILBY_TRY(file, train::open_model(recipe, model));
    TRILBY_TRY(options, options_for(recipe, schema));
    torch::manual_seed(static_cast<std::uint64_t>(recipe.training.seed));
    TRILBY_TRY(network, ExportedNetwork::load(file, model.filename().string(), options));
    TRILBY_TRY(inputs, inputs_for(recipe, schema, *network));
    return Network{
        .module = network,
        .forward = [network,
                    inputs](const Batch& batch) { return network->forward(inputs(batch)); },
        .check_inputs =
            [network, inputs](const Batch& batch) { return network->check_inputs(inputs(batch)); },
        .has_fixed_context = true,
        .output_hint =
            "--set network.new_head=true gives it a new last layer for the data, or "
            "change that in Python"};
}

}  // namespace trilby::backends
