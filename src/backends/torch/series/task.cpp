// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/task.hpp"

#include <algorithm>

#include "backends/torch/data_rows.hpp"
#include "backends/torch/series/network.hpp"
#include "base/try.hpp"
#include "data/series_steps.hpp"
#include "train/series/data.hpp"
#include "train/series/windows.hpp"

namespace trilby::backends {
namespace {

using train::series::Loss;
using train::series::Schema;
using train::series::Settings;
using train::series::Variable;

torch::Tensor loss_of(Loss loss, const torch::Tensor& forecast, const torch::Tensor& future,
                      at::Reduction::Reduction reduction) {
    switch (loss) {
        case Loss::mse:
            return torch::mse_loss(forecast, future, reduction);
        case Loss::mae:
            return torch::l1_loss(forecast, future, reduction);
        case Loss::huber:
            break;
    }
    return torch::smooth_l1_loss(forecast, future, reduction);
}

/// A member of every variable, as a tensor.
torch::Tensor tensor_of_each(const Schema& schema, double Variable::*member) {
    std::vector<double> values;
    for (const Variable& variable : schema.variables) {
        values.push_back(variable.*member);
    }
    return torch::tensor(values, torch::kFloat64);
}

/// An array as variables x rows: on the device, unless it is on a disk.
torch::Tensor variables_of(const train::SharedArrays& arrays, std::string_view name,
                           const torch::Device& device) {
    const torch::Tensor variables = tensor_of(arrays, name).t();
    return arrays.is_on_disk() ? variables : variables.contiguous().to(device);
}

/// The mean over the targets that are known. The others add nothing to the sum.
torch::Tensor mean_of_known(const torch::Tensor& sum, const torch::Tensor& future) {
    return sum / future.isnan().logical_not().sum().clamp_min(1);
}

/// All windows of `rows` rows of a series, variables x rows, without a copy.
torch::Tensor views_of(const torch::Tensor& series, std::int64_t rows) {
    return series.unfold(1, rows, 1).transpose(0, 1);
}

Result<void> check_arrays(const TaskData& data, const Schema& schema, const Settings& settings) {
    TRILBY_CHECK(data.arrays.require("values", train::ElementType::f32, 2));
    const train::Shape& shape = data.arrays.layout_of("values").shape;
    const bool has_known = data.arrays.has("known");
    if (has_known) {
        TRILBY_CHECK(data.arrays.require("known", train::ElementType::u8, 2));
    }
    const std::int64_t last =
        std::max({data.parts.training.last, data.parts.validation.last, data.parts.test.last});
    if (shape[1] != static_cast<std::int64_t>(schema.variables.size()) || last > shape[0] ||
        shape[0] < settings.look_back + settings.horizon ||
        (has_known && data.arrays.layout_of("known").shape != shape)) {
        return failure(ErrorCode::bad_data, "schema, parts and arrays of a series differ in sizes");
    }
    return {};
}

Network network_for(const Settings& settings, const train::Recipe& recipe, std::int64_t variables,
                    const OwnParts& own) {
    if (own.network.module) {
        return own.network;
    }
    auto network = std::make_shared<SeriesNetwork>(settings, variables, recipe.training.seed);
    return {network, [network](const Batch& inputs) { return network->forward(inputs[0]); }};
}

}  // namespace

SeriesTask::SeriesTask(const Settings& settings, const TaskData& data, const Schema& schema,
                       Network network, const OwnParts& own, const torch::Device& device)
    : Task(data.arrays),
      settings_(settings),
      parts_(data.parts),
      device_(device),
      means_(tensor_of_each(schema, &Variable::mean)),
      deviations_(tensor_of_each(schema, &Variable::deviation)),
      network_(std::move(network)),
      own_loss_(own.loss) {
    const torch::Tensor series = variables_of(data.arrays, "values", device);
    const std::int64_t rows = series.size(1);
    pasts_ = views_of(series.slice(1, 0, rows - settings.horizon), settings.look_back);
    futures_ = views_of(series.slice(1, settings.look_back, rows), settings.horizon);
    if (data.arrays.has("known")) {
        const torch::Tensor known = variables_of(data.arrays, "known", device);
        known_ = views_of(known.slice(1, settings.look_back, rows), settings.horizon);
    }
    network_.module->to(device);
}

data::Range SeriesTask::first_rows(data::Part part) const {
    return train::series::windows_of(parts_.of(part), settings_.look_back, settings_.horizon);
}

Batch SeriesTask::windows_at(const torch::Tensor& rows) const {
    const torch::Tensor there = rows.to(pasts_.device());
    torch::Tensor future = futures_.index_select(0, there);
    if (known_.defined()) {
        future.masked_fill_(known_.index_select(0, there) == 0, data::missing_value);
    }
    return {pasts_.index_select(0, there).to(device_), future.to(device_)};
}

Batch SeriesTask::windows_of(data::Part part, std::int64_t first, std::int64_t last) const {
    const std::int64_t start = first_rows(part).first;
    Batch windows = windows_at(torch::arange(start + first, start + last));
    for (const train::ArrayRows& rows : array_rows(start + first, start + last)) {
        arrays().announce(train::RowUse::finished, rows.array, rows.rows);
    }
    return windows;
}

std::vector<train::ArrayRows> SeriesTask::array_rows(std::int64_t first, std::int64_t last) const {
    const data::Range rows{first, last - 1 + settings_.look_back + settings_.horizon};
    std::vector<train::ArrayRows> used{{"values", rows}};
    if (known_.defined()) {
        used.push_back({"known", rows});
    }
    return used;
}

std::vector<train::ArrayRows> SeriesTask::rows_of(const data::Range& examples) const {
    const std::int64_t start = first_rows(data::Part::training).first;
    return array_rows(start + examples.first, start + examples.last);
}

Batch SeriesTask::batch(std::span<const std::int64_t> examples, std::uint64_t /*seed*/) const {
    const auto count = static_cast<std::int64_t>(examples.size());
    const torch::Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(examples.data()), {count}, torch::kInt64);
    return windows_at(chosen + first_rows(data::Part::training).first);
}

torch::Tensor SeriesTask::targets(const torch::Tensor& forecast,
                                  const torch::Tensor& future) const {
    return known_.defined() ? torch::where(future.isnan(), forecast.detach(), future) : future;
}

torch::Tensor SeriesTask::loss(const Batch& batch) {
    const torch::Tensor forecast = network_.forward({batch[0]});
    const torch::Tensor expected = targets(forecast, batch[1]);
    if (own_loss_) {
        return own_loss_(forecast, expected);
    }
    if (!known_.defined()) {
        return loss_of(settings_.loss, forecast, expected, at::Reduction::Mean);
    }
    return mean_of_known(loss_of(settings_.loss, forecast, expected, at::Reduction::Sum), batch[1]);
}

double SeriesTask::summed_loss(const torch::Tensor& forecast, const torch::Tensor& expected) const {
    return own_loss_
               ? own_loss_(forecast, expected).item<double>() *
                     static_cast<double>(expected.numel())
               : loss_of(settings_.loss, forecast, expected, at::Reduction::Sum).item<double>();
}

std::int64_t SeriesTask::count_known(const torch::Tensor& future) const {
    return known_.defined() ? future.isnan().logical_not().sum().item<std::int64_t>()
                            : future.numel();
}

Result<train::Metrics> SeriesTask::evaluate(data::Part part, const AfterBatch& after_batch) {
    constexpr std::int64_t forecasts_per_batch = 4096;
    const std::int64_t size = std::max<std::int64_t>(1, forecasts_per_batch / means_.size(0));
    const std::int64_t windows = count(part);
    double loss = 0.0;
    double squares = 0.0;
    double distances = 0.0;
    std::int64_t known = 0;
    for (std::int64_t first = 0; first < windows; first += size) {
        const Batch batch = windows_of(part, first, std::min(first + size, windows));
        const torch::Tensor forecast = network_.forward({batch[0]});
        const torch::Tensor expected = targets(forecast, batch[1]);
        const torch::Tensor errors = forecast - expected;
        loss += summed_loss(forecast, expected);
        squares += errors.square().sum(torch::kFloat64).item<double>();
        distances += errors.abs().sum(torch::kFloat64).item<double>();
        known += count_known(batch[1]);
        TRILBY_CHECK(after_batch());
    }
    // A program's loss is its mean over all targets, in the training too.
    const auto values = static_cast<double>(known);
    const auto losses =
        own_loss_ ? static_cast<double>(windows * settings_.horizon * means_.size(0)) : values;
    return train::Metrics{
        {"loss", {loss / losses}}, {"mse", {squares / values}}, {"mae", {distances / values}}};
}

torch::Tensor SeriesTask::predict(data::Part part, std::int64_t first, std::int64_t last) {
    const torch::Tensor forecast = network_.forward({windows_of(part, first, last)[0]});
    return forecast.transpose(1, 2);
}

torch::Tensor SeriesTask::in_own_units(const torch::Tensor& outputs) const {
    const torch::Device device = outputs.device();
    return outputs.to(torch::kFloat64) * deviations_.to(device) + means_.to(device);
}

Result<std::unique_ptr<Task>> make_task(const Settings& settings, const train::Recipe& recipe,
                                        const TaskData& data, const torch::Device& device,
                                        const OwnParts& own) {
    TRILBY_TRY(schema, train::series::parse_schema(data.schema));
    TRILBY_CHECK(check_arrays(data, schema, settings));
    TRILBY_CHECK(train::series::check_network(settings, recipe));
    const auto variables = static_cast<std::int64_t>(schema.variables.size());
    Network network = network_for(settings, recipe, variables, own);
    auto task = std::make_unique<SeriesTask>(settings, data, schema, network, own, device);
    if (own.network.module) {
        TRILBY_CHECK(check_outputs(*task, network, {{-1, variables, settings.horizon}},
                                   "the next values of each variable"));
    }
    return task;
}

}  // namespace trilby::backends
