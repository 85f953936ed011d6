// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// What a program does with a trained module.

#include <fmt/format.h>
#include <utility>

#include "base/try.hpp"
#include "libtrilby_train/job.hpp"
#include "libtrilby_train/network_use.hpp"
#include "libtrilby_train/own_network.hpp"

namespace trilby {
namespace {

using torch::Tensor;

/// The test part, or the validation part if there is no test part.
Result<data::Part> part_of(const train::PreparedData& data) {
    for (const data::Part part : {data::Part::test, data::Part::validation}) {
        if (data.parts.of(part).size() > 0) {
            return part;
        }
    }
    return failure(
        ErrorCode::no_input,
        fmt::format("'{}' has neither a test part nor a validation part", data.source.string()),
        "set 'data.test' or 'data.validation', or give other data");
}

Result<void> require_targets(const train::PreparedData& data) {
    return data.has_targets
               ? Result<void>()
               : failure(ErrorCode::bad_data,
                         fmt::format("'{}' does not say what is true", data.source.string()),
                         "call predict(), which needs no truth");
}

}  // namespace

Measures Job::evaluate_network(Network network, const Dataset& data) {
    const Dataset::Content& content = *data.content_;
    value_of(require_targets(content.data));
    Measures measures;
    const data::Part part = value_of(part_of(content.data));
    value_of(with_task(content.recipe, content.data,
                       value_of(own_network(std::move(network.module), std::move(network.forward),
                                            network.inputs, data)),
                       content_->device.torch, [&](backends::Task& task) -> Result<void> {
                           measures = measures_of(task.evaluate(part));
                           return {};
                       }));
    return measures;
}

Tensor Job::predict_network(Network network, const Dataset& data) {
    const Dataset::Content& content = *data.content_;
    Tensor outputs;
    const data::Part part = value_of(part_of(content.data));
    value_of(with_task(content.recipe, content.data,
                       value_of(own_network(std::move(network.module), std::move(network.forward),
                                            network.inputs, data)),
                       content_->device.torch, [&](backends::Task& task) -> Result<void> {
                           outputs = task.in_own_units(outputs_of(task, part));
                           return {};
                       }));
    return outputs;
}

}  // namespace trilby
