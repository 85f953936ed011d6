// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/task.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "backends/torch/data_rows.hpp"
#include "backends/torch/table/network.hpp"
#include "base/try.hpp"
#include "train/table/table_metrics.hpp"
#include "train/table/target.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t rows_at_once = 1024;

template <class Element>
std::vector<Element> elements_of(const Tensor& tensor) {
    const Tensor host = tensor.to(torch::kCPU).contiguous();
    const auto* first = host.data_ptr<Element>();
    return {first, first + host.numel()};
}

std::int64_t last_row(const data::Parts& parts) {
    return std::max({parts.training.last, parts.validation.last, parts.test.last});
}

Result<void> check_arrays(const TaskData& data, const train::table::Schema& schema) {
    const train::SharedArrays& arrays = data.arrays;
    TRILBY_CHECK(arrays.require("numbers", train::ElementType::f32, 2));
    TRILBY_CHECK(arrays.require("codes", train::ElementType::i32, 2));
    const train::Shape& numbers = arrays.layout_of("numbers").shape;
    const train::Shape& codes = arrays.layout_of("codes").shape;
    const auto inputs = static_cast<std::int64_t>(schema.numbers.size());
    const auto categories = static_cast<std::int64_t>(train::table::level_counts(schema).size());
    bool fits = numbers[1] == inputs && codes == train::Shape{numbers[0], categories} &&
                last_row(data.parts) <= numbers[0];
    if (arrays.has("targets")) {
        TRILBY_CHECK(arrays.require("targets", train::table::target_type(schema.target), 1));
        fits = fits && arrays.layout_of("targets").shape[0] == numbers[0];
    }
    return fits ? Result<void>()
                : failure(ErrorCode::bad_data,
                          "schema, parts and arrays of a table differ in sizes");
}

DataRows all_rows(const train::SharedArrays& arrays, std::string_view name,
                  const torch::Device& device, torch::ScalarType type) {
    return {arrays, name, {0, arrays.layout_of(name).shape[0]}, device, type};
}

std::optional<DataRows> targets_of(const train::SharedArrays& arrays,
                                   const train::table::Target& target,
                                   const torch::Device& device) {
    return arrays.has("targets")
               ? std::optional(all_rows(arrays, "targets", device,
                                        target.is_class() ? torch::kInt64 : torch::kFloat32))
               : std::nullopt;
}

Network network_for(const train::table::Settings& settings, const train::Recipe& recipe,
                    const train::table::Schema& schema, const OwnParts& own) {
    if (own.network.module) {
        return own.network;
    }
    auto network = std::make_shared<TableNetwork>(settings, schema, recipe.training.seed);
    return {network,
            [network](const Batch& inputs) { return network->forward(inputs[0], inputs[1]); }};
}

/// Those that members() understands.
std::vector<std::vector<std::int64_t>> shapes_of(std::int64_t outputs) {
    std::vector<std::vector<std::int64_t>> shapes{{-1, outputs}, {any_size, -1, outputs}};
    if (outputs == 1) {
        shapes.push_back({-1});
    }
    return shapes;
}

}  // namespace

TableTask::TableTask(const train::Recipe& recipe, const TaskData& data, train::table::Schema schema,
                     Network network, const OwnParts& own, const torch::Device& device)
    : Task(data.arrays),
      schema_(std::move(schema)),
      parts_(data.parts),
      numbers_(all_rows(data.arrays, "numbers", device, torch::kFloat32)),
      codes_(all_rows(data.arrays, "codes", device, torch::kInt64)),
      targets_(targets_of(data.arrays, schema_.target, device)),
      class_loss_(recipe.training, schema_.target.classes,
                  [this] {
                      const data::Range& rows = parts_.training;
                      return targets_ ? targets_->between(rows.first, rows.last) : Tensor();
                  }),
      network_(std::move(network)),
      own_loss_(own.loss) {
    network_.module->to(device);
}

std::vector<train::ArrayRows> TableTask::rows_of(const data::Range& examples) const {
    const data::Range rows{parts_.training.first + examples.first,
                           parts_.training.first + examples.last};
    return {{"numbers", rows}, {"codes", rows}, {"targets", rows}};
}

Batch TableTask::batch(std::span<const std::int64_t> examples, std::uint64_t /*seed*/) const {
    const auto count = static_cast<std::int64_t>(examples.size());
    const Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(examples.data()), {count}, torch::kInt64)
            .add(parts_.training.first)
            .to(numbers_.place());
    return {numbers_.at(chosen), codes_.at(chosen), targets_->at(chosen)};
}

Tensor TableTask::loss(const Batch& batch) {
    const Tensor outputs = members(batch[0], batch[1]);
    return own_loss_ ? own_loss(outputs, batch[2]) : mean_loss(outputs, batch[2]);
}

Tensor TableTask::members(const Tensor& numbers, const Tensor& codes) {
    constexpr std::int64_t all_sizes = 3;
    const Tensor outputs = network_.forward({numbers, codes});
    return outputs.dim() == all_sizes ? outputs : outputs.view({1, numbers.size(0), -1});
}

/// Number targets get the shape of the outputs, rows x 1: otherwise the difference of the two would
/// be rows x rows. The program may change them.
Tensor TableTask::own_loss(const Tensor& members, const Tensor& targets) const {
    return own_loss_(members.mean(0), schema_.target.is_class() ? targets : targets.unsqueeze(1));
}

/// The mean of the losses of the members, so that each of them learns from its own.
Tensor TableTask::mean_loss(const Tensor& members, const Tensor& targets) const {
    const Tensor for_all = targets.unsqueeze(0).expand({members.size(0), -1});
    if (!schema_.target.is_class()) {
        return torch::mse_loss(members.squeeze(2), for_all);
    }
    return class_loss_.mean(members.flatten(0, 1), for_all.flatten());
}

std::string_view TableTask::metric() const {
    return train::table::headline(schema_.target);
}

Result<Tensor> TableTask::outputs(const data::Range& rows, const AfterBatch& after_batch) {
    std::vector<Tensor> chunks;
    for (std::int64_t first = rows.first; first < rows.last; first += rows_at_once) {
        const std::int64_t last = std::min(first + rows_at_once, rows.last);
        const Tensor each = members(numbers_.between(first, last), codes_.between(first, last));
        chunks.push_back((schema_.target.is_class() ? each.softmax(2) : each).mean(0));
        TRILBY_CHECK(after_batch());
    }
    return torch::cat(chunks);
}

Result<train::Metrics> TableTask::evaluate(data::Part part, const AfterBatch& after_batch) {
    TRILBY_TRY(metrics, metrics_of(parts_.of(part), after_batch));
    if (own_loss_) {
        TRILBY_TRY(loss, mean_own_loss(parts_.of(part), after_batch));
        metrics["loss"] = {loss};
    }
    return metrics;
}

Result<double> TableTask::mean_own_loss(const data::Range& rows, const AfterBatch& after_batch) {
    double total = 0.0;
    for (std::int64_t first = rows.first; first < rows.last; first += rows_at_once) {
        const std::int64_t last = std::min(first + rows_at_once, rows.last);
        const Tensor each = members(numbers_.between(first, last), codes_.between(first, last));
        total += own_loss(each, targets_->between(first, last).clone()).item<double>() *
                 static_cast<double>(last - first);
        TRILBY_CHECK(after_batch());
    }
    return total / static_cast<double>(rows.size());
}

Result<train::Metrics> TableTask::metrics_of(const data::Range& rows,
                                             const AfterBatch& after_batch) {
    TRILBY_TRY(computed, outputs(rows, after_batch));
    const std::vector<float> found = elements_of<float>(computed);
    const Tensor expected = targets_->between(rows.first, rows.last);
    if (!schema_.target.is_class()) {
        return train::table::regression_metrics(schema_.target, found,
                                                elements_of<float>(expected));
    }
    return train::table::classification_metrics(
        found, elements_of<std::int32_t>(expected.to(torch::kInt32)),
        schema_.target.classes.size());
}

Tensor TableTask::predict(data::Part part, std::int64_t first, std::int64_t last) {
    const std::int64_t begin = parts_.of(part).first;
    const Tensor found = outputs({begin + first, begin + last}, go_on).value();
    const train::table::Target& target = schema_.target;
    if (target.is_class()) {
        return found;
    }
    const Tensor numbers = found * target.deviation + target.mean;
    return target.is_log ? numbers.exp() : numbers;
}

Result<std::unique_ptr<Task>> make_task(const train::table::Settings& settings,
                                        const train::Recipe& recipe, const TaskData& data,
                                        const torch::Device& device, const OwnParts& own) {
    TRILBY_TRY(schema, train::table::parse_schema(data.schema));
    TRILBY_CHECK(check_arrays(data, schema));
    const std::int64_t outputs =
        schema.target.is_class() ? static_cast<std::int64_t>(schema.target.classes.size()) : 1;
    Network network = network_for(settings, recipe, schema, own);
    auto task = std::make_unique<TableTask>(recipe, data, std::move(schema), network, own, device);
    if (own.network.module) {
        TRILBY_CHECK(check_outputs(
            *task, network, shapes_of(outputs),
            outputs == 1 ? "a number for each row" : "a score for each class of each row"));
    }
    return task;
}

}  // namespace trilby::backends
