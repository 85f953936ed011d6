// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/prediction.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/data_rows.hpp"
#include "backends/torch/keep_alive.hpp"
#include "base/try.hpp"
#include "train/events.hpp"

namespace trilby::backends {
namespace {

constexpr std::int64_t rows_at_a_time = 1000;

Result<void> check_outputs(const train::SharedArrays& outputs, std::int64_t rows) {
    TRILBY_CHECK(outputs.require("outputs", train::ElementType::f32, 2));
    const std::int64_t reserved = outputs.layout_of("outputs").shape[0];
    if (reserved != rows) {
        return failure(ErrorCode::bad_data,
                       fmt::format("there are outputs for {} rows, but {} rows", reserved, rows));
    }
    return {};
}

}  // namespace

Result<json::object> predict(Task& task, const std::filesystem::path& checkpoint,
                             const train::SharedArrays& outputs, bool have_targets,
                             const JobContext& context) {
    const torch::NoGradGuard no_grad;
    const std::int64_t rows = task.count(data::Part::test);
    TRILBY_CHECK(check_outputs(outputs, rows));
    TRILBY_CHECK(load_weights(checkpoint, state_of(task.network())));
    task.network().eval();
    const torch::Tensor all = tensor_of(outputs, "outputs");
    KeepAlive keep_alive(context);
    for (std::int64_t first = 0; first < rows; first += rows_at_a_time) {
        if (!keep_alive.check()) {
            return failure(ErrorCode::interrupted,
                           fmt::format("stopped after {} of {} rows", first, rows));
        }
        const std::int64_t last = std::min(first + rows_at_a_time, rows);
        const torch::Tensor some = task.predict(data::Part::test, first, last).flatten(1);
        if (some.size(1) != all.size(1)) {
            return failure(ErrorCode::bad_data, fmt::format("the network has {} outputs, not {}",
                                                            some.size(1), all.size(1)));
        }
        all.slice(0, first, last).copy_(some);
    }
    train::PredictionResult result{.rows = rows, .metric = std::string(task.metric())};
    if (have_targets && rows > 0) {
        TRILBY_TRY(metrics, task.evaluate(data::Part::test, [&] { return keep_alive.check(); }));
        result.metrics = std::move(metrics);
    }
    return to_json(result);
}

}  // namespace trilby::backends
