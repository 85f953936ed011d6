// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/network_use.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/try.hpp"

namespace trilby {

Result<void> with_task(const train::Recipe& recipe, const train::PreparedData& data,
                       backends::Network network, const torch::Device& device,
                       const std::function<Result<void>(backends::Task&)>& use) {
    // Read again, as a worker reads it: both then compute with the same bits.
    TRILBY_TRY(schema, json::parse_object(json::serialize(data.schema), "schema"));
    TRILBY_TRY(task, backends::make_task(recipe, {schema, data.parts, data.arrays}, device,
                                         {.network = std::move(network), .loss = {}}));
    const torch::NoGradGuard no_grad;
    task->network().eval();
    return use(*task);
}

torch::Tensor outputs_of(backends::Task& task, data::Part part) {
    constexpr std::int64_t rows_at_a_time = 1000;
    const std::int64_t rows = task.count(part);
    std::vector<torch::Tensor> outputs;
    for (std::int64_t first = 0; first < rows; first += rows_at_a_time) {
        const std::int64_t last = std::min(first + rows_at_a_time, rows);
        outputs.push_back(task.predict(part, first, last).to(torch::kCPU));
    }
    return torch::cat(outputs);
}

}  // namespace trilby
