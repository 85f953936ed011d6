// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/task.hpp"

#include <algorithm>
#include <vector>

#include "backends/torch/images/network.hpp"
#include "base/try.hpp"
#include "train/images/check.hpp"

namespace trilby::backends {
namespace {

namespace F = torch::nn::functional;

constexpr std::int64_t evaluation_batch = 1000;

Result<void> check_arrays(const TaskData& data, const train::images::Schema& schema) {
    TRILBY_CHECK(data.arrays.require("images", train::ElementType::u8, 4));
    TRILBY_CHECK(data.arrays.require("labels", train::ElementType::i32, 1));
    const train::Shape& images = data.arrays.layout_of("images").shape;
    const train::Shape expected{images[0], schema.height, schema.width, schema.channels};
    const std::int64_t last =
        std::max({data.parts.training.last, data.parts.validation.last, data.parts.test.last});
    if (images != expected || data.arrays.layout_of("labels").shape[0] != images[0] ||
        last > images[0]) {
        return failure(ErrorCode::bad_data, "schema, parts and arrays of images differ in sizes");
    }
    return {};
}

Result<Network> network_for(const train::images::Settings& settings, const train::Recipe& recipe,
                            const train::images::Schema& schema, const OwnParts& own) {
    if (own.network.module) {
        return own.network;
    }
    TRILBY_TRY(shapes, train::images::check_network(settings, schema, recipe));
    auto layers = make_image_network(settings.layers, shapes, recipe.training.seed);
    return Network{layers.ptr(),
                   [layers](const Batch& inputs) mutable { return layers->forward(inputs[0]); }};
}

}  // namespace

ImageTask::ImageTask(const train::images::Settings& settings, const train::Recipe& recipe,
                     const TaskData& data, const train::images::Schema& schema, Network network,
                     const OwnParts& own, const torch::Device& device)
    : Task(data.arrays),
      settings_(settings),
      training_rows_(data.parts.training),
      training_(data.arrays, data.parts.training, schema, device),
      validation_(data.arrays, data.parts.validation, schema, device),
      test_(data.arrays, data.parts.test, schema, device),
      class_loss_(recipe.training, schema.classes, [this] { return training_.labels(); }),
      network_(std::move(network)),
      own_loss_(own.loss) {
    network_.module->to(device);
}

const ImageSet& ImageTask::set(data::Part part) const {
    return part == data::Part::training     ? training_
           : part == data::Part::validation ? validation_
                                            : test_;
}

std::vector<train::ArrayRows> ImageTask::rows_of(const data::Range& examples) const {
    const data::Range rows{training_rows_.first + examples.first,
                           training_rows_.first + examples.last};
    return {{"images", rows}, {"labels", rows}};
}

Batch ImageTask::batch(std::span<const std::int64_t> examples, std::uint64_t seed) const {
    ImageBatch batch = training_.augmented(examples, settings_, seed);
    return {std::move(batch.images), std::move(batch.labels)};
}

torch::Tensor ImageTask::loss(const Batch& batch) {
    const torch::Tensor scores = network_.forward({batch[0]}).to(torch::kFloat32);
    return own_loss_ ? own_loss_(scores, batch[1]) : class_loss_.mean(scores, batch[1]);
}

double ImageTask::summed_loss(const torch::Tensor& scores, const torch::Tensor& labels) const {
    return own_loss_
               ? own_loss_(scores, labels).item<double>() * static_cast<double>(labels.size(0))
               : F::cross_entropy(scores, labels,
                                  F::CrossEntropyFuncOptions().reduction(torch::kSum))
                     .item<double>();
}

Result<train::Metrics> ImageTask::evaluate(data::Part part, const AfterBatch& after_batch) {
    const ImageSet& images = set(part);
    double loss = 0.0;
    std::int64_t correct = 0;
    for (std::int64_t first = 0; first < images.size(); first += evaluation_batch) {
        const ImageBatch batch =
            images.range(first, std::min(first + evaluation_batch, images.size()));
        const torch::Tensor scores = this->scores(batch.images);
        loss += summed_loss(scores, batch.labels);
        correct += scores.argmax(1).eq(batch.labels).sum().item<std::int64_t>();
        TRILBY_CHECK(after_batch());
    }
    const auto count = static_cast<double>(images.size());
    return train::Metrics{{"loss", {loss / count}},
                          {"accuracy", {static_cast<double>(correct) / count}}};
}

torch::Tensor ImageTask::predict(data::Part part, std::int64_t first, std::int64_t last) {
    return scores(set(part).range(first, last).images).softmax(1);
}

torch::Tensor ImageTask::scores(const torch::Tensor& images) {
    torch::Tensor scores = network_.forward({images}).to(torch::kFloat32);
    if (settings_.flip_at_test) {
        constexpr std::int64_t columns = 3;
        scores = scores.add(network_.forward({images.flip(columns)})).div(2);
    }
    return scores;
}

Result<std::unique_ptr<Task>> make_task(const train::images::Settings& settings,
                                        const train::Recipe& recipe, const TaskData& data,
                                        const torch::Device& device, const OwnParts& own) {
    TRILBY_TRY(schema, train::images::parse_schema(data.schema));
    TRILBY_CHECK(check_arrays(data, schema));
    TRILBY_TRY(network, network_for(settings, recipe, schema, own));
    auto task = std::make_unique<ImageTask>(settings, recipe, data, schema, network, own, device);
    if (own.network.module) {
        const auto classes = static_cast<std::int64_t>(schema.classes.size());
        TRILBY_CHECK(
            check_outputs(*task, network, {{-1, classes}}, "a score for each class of each image"));
    }
    return task;
}

}  // namespace trilby::backends
