// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/model_network.hpp"

#include <utility>
#include <variant>

#include "backends/torch/exported/network.hpp"
#include "backends/torch/table/joined_inputs.hpp"
#include "base/try.hpp"
#include "train/exported_model.hpp"

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

}  // namespace

Result<Network> model_network(const train::Recipe& recipe, const json::object& schema,
                              const std::filesystem::path& model) {
    TRILBY_TRY(file, train::open_model(recipe, model));
    TRILBY_TRY(network, ExportedNetwork::load(file, model.filename().string()));
    TRILBY_TRY(inputs, inputs_for(recipe, schema, *network));
    return Network{
        .module = network,
        .forward = [network,
                    inputs](const Batch& batch) { return network->forward(inputs(batch)); },
        .check_inputs =
            [network, inputs](const Batch& batch) { return network->check_inputs(inputs(batch)); }};
}

}  // namespace trilby::backends
