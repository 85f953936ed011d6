// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/task.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "backends/torch/array_tensor.hpp"
#include "base/try.hpp"
#include "train/table/table_metrics.hpp"
#include "train/table/target.hpp"

namespace trilby::backends {
namespace {

namespace F = torch::nn::functional;
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

Tensor targets_of(const train::SharedArrays& arrays, const train::table::Target& target,
                  const torch::Device& device) {
    return arrays.has("targets")
               ? tensor_of(arrays, "targets")
                     .to(device, target.is_class() ? torch::kInt64 : torch::kFloat32)
               : Tensor();
}

}  // namespace

TableTask::TableTask(const train::table::Settings& settings, const train::Recipe& recipe,
                     const TaskData& data, train::table::Schema schema, const torch::Device& device)
    : schema_(std::move(schema)),
      label_smoothing_(recipe.training.label_smoothing),
      parts_(data.parts),
      numbers_(tensor_of(data.arrays, "numbers").to(device)),
      codes_(tensor_of(data.arrays, "codes").to(device, torch::kInt64)),
      targets_(targets_of(data.arrays, schema_.target, device)),
      network_(std::make_shared<TableNetwork>(settings, schema_, recipe.training.seed)) {
    network_->to(device);
}

Batch TableTask::batch(std::span<const std::int64_t> examples, std::uint64_t /*seed*/) const {
    const auto count = static_cast<std::int64_t>(examples.size());
    const Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(examples.data()), {count}, torch::kInt64)
            .add(parts_.training.first)
            .to(numbers_.device());
    return {numbers_.index_select(0, chosen), codes_.index_select(0, chosen),
            targets_.index_select(0, chosen)};
}

/// The members learn apart from each other: the mean of their losses.
Tensor TableTask::loss(const Batch& batch) {
    const Tensor outputs = network_->forward(batch[0], batch[1]);
    const Tensor targets = batch[2].unsqueeze(0).expand({outputs.size(0), -1});
    if (!schema_.target.is_class()) {
        return torch::mse_loss(outputs.squeeze(2), targets);
    }
    return F::cross_entropy(outputs.flatten(0, 1), targets.flatten(),
                            F::CrossEntropyFuncOptions().label_smoothing(label_smoothing_));
}

std::string_view TableTask::metric() const {
    return train::table::headline(schema_.target);
}

Tensor TableTask::outputs(const data::Range& rows) {
    std::vector<Tensor> chunks;
    for (std::int64_t first = rows.first; first < rows.last; first += rows_at_once) {
        const std::int64_t last = std::min(first + rows_at_once, rows.last);
        const Tensor members =
            network_->forward(numbers_.slice(0, first, last), codes_.slice(0, first, last));
        chunks.push_back((schema_.target.is_class() ? members.softmax(2) : members).mean(0));
    }
    return torch::cat(chunks);
}

train::Metrics TableTask::evaluate(data::Part part) {
    const data::Range& rows = parts_.of(part);
    const std::vector<float> found = elements_of<float>(outputs(rows));
    const Tensor expected = targets_.slice(0, rows.first, rows.last);
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
    const Tensor found = outputs({begin + first, begin + last});
    const train::table::Target& target = schema_.target;
    if (target.is_class()) {
        return found;
    }
    const Tensor numbers = found * target.deviation + target.mean;
    return target.is_log ? numbers.exp() : numbers;
}

Result<std::unique_ptr<Task>> make_task(const train::table::Settings& settings,
                                        const train::Recipe& recipe, const TaskData& data,
                                        const torch::Device& device) {
    TRILBY_TRY(schema, train::table::parse_schema(data.schema));
    TRILBY_CHECK(check_arrays(data, schema));
    return std::make_unique<TableTask>(settings, recipe, data, std::move(schema), device);
}

}  // namespace trilby::backends
