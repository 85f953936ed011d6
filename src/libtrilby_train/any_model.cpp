// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <utility>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/exported/network.hpp"
#include "libtrilby_train/content.hpp"
#include "pt2/file.hpp"
#include "pt2/writer.hpp"
#include <trilby/train.hpp>

namespace trilby {

struct AnyModel::Content {
    pt2::File file;
    std::shared_ptr<backends::ExportedNetwork> network;
};

/// Has the network's modules and tensors as its own, so that their names have no prefix.
AnyModel::AnyModel(std::unique_ptr<Content> content)
    : Module(content->network->name()), content_(std::move(content)) {
    const backends::ExportedNetwork& network = *content_->network;
    for (const auto& child : network.named_children()) {
        register_module(child.key(), child.value());
    }
    for (const auto& parameter : network.named_parameters(/*recurse=*/false)) {
        register_parameter(parameter.key(), parameter.value(), parameter.value().requires_grad());
    }
    for (const auto& buffer : network.named_buffers(/*recurse=*/false)) {
        register_buffer(buffer.key(), buffer.value());
    }
}

AnyModel::~AnyModel() = default;

std::shared_ptr<AnyModel> AnyModel::from_pt2(const std::filesystem::path& file) {
    pt2::File opened = value_of(pt2::File::open(file));
    auto network = value_of(backends::ExportedNetwork::load(opened, file.filename().string()));
    if (network->count_inputs() != 1) {
        throw Exception({ErrorCode::bad_data,
                         fmt::format("the model '{}' takes {} tensors, expected one", file.string(),
                                     network->count_inputs()),
                         "let its forward() take one tensor"});
    }
    return std::shared_ptr<AnyModel>(
        new AnyModel(std::make_unique<Content>(Content{std::move(opened), std::move(network)})));
}

torch::Tensor AnyModel::forward(const torch::Tensor& x) {
    return content_->network->forward({x});
}

void AnyModel::train(bool on) {
    Module::train(on);
    content_->network->train(on);
}

void AnyModel::save_pt2(const std::filesystem::path& file) const {
    const auto on_host = value_of(backends::HostTensors::of(backends::state_of(*this)));
    value_of(pt2::write_with_values(file, content_->file, on_host.views));
}

}  // namespace trilby
