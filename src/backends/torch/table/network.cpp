// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/network.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace trilby::backends {
namespace {

using torch::Tensor;

Tensor uniform_for(torch::IntArrayRef shape, std::int64_t inputs) {
    const double limit = 1.0 / std::sqrt(static_cast<double>(inputs));
    return torch::empty(shape).uniform_(-limit, limit);
}

/// How each member weights what comes from each column at first; this is what makes them differ.
/// Embeddings keep their direction; of plain numbers, only signs differ.
Tensor first_scales(std::int64_t members, const std::vector<std::int64_t>& column_sizes,
                    bool has_embeddings) {
    const auto columns = static_cast<std::int64_t>(column_sizes.size());
    const Tensor sizes = torch::tensor(column_sizes, torch::kInt64);
    Tensor scales = torch::randn({members, columns});
    if (!has_embeddings) {
        scales.sign_();
    }
    if (members == 1) {
        scales.fill_(1.0);
    }
    return scales.repeat_interleave(sizes, 1);
}

}  // namespace

SharedLinear::SharedLinear(Tensor input_scale, std::int64_t outputs) {
    const std::int64_t members = input_scale.size(0);
    const std::int64_t inputs = input_scale.size(1);
    weight_ = register_parameter("weight", uniform_for({outputs, inputs}, inputs));
    input_scale_ = register_parameter("input_scale", std::move(input_scale));
    output_scale_ = register_parameter("output_scale", torch::ones({members, outputs}));
    bias_ = register_parameter("bias", uniform_for({outputs}, inputs).repeat({members, 1}));
}

Tensor SharedLinear::forward(const Tensor& x) const {
    const Tensor y = (x * input_scale_.unsqueeze(1)).matmul(weight_.t());
    return torch::addcmul(bias_.unsqueeze(1), y, output_scale_.unsqueeze(1));
}

TableNetwork::TableNetwork(const train::table::Settings& settings,
                           const train::table::Schema& schema, std::int64_t seed)
    : dropout_(settings.dropout) {
    torch::manual_seed(static_cast<std::uint64_t>(seed));
    number_embedding_ = make_number_embedding(settings, schema);
    std::vector<std::int64_t> column_sizes;
    if (number_embedding_) {
        register_module("numbers", number_embedding_);
        column_sizes.assign(schema.numbers.size(), number_embedding_->size());
    }
    const std::vector<std::int64_t> level_counts = train::table::level_counts(schema);
    add_categories(level_counts, settings.embedding_size);
    column_sizes.insert(column_sizes.end(), level_counts.size(), settings.embedding_size);
    const bool has_embeddings =
        std::ranges::any_of(column_sizes, [](std::int64_t size) { return size > 1; });
    add_layers(settings, first_scales(settings.members, column_sizes, has_embeddings));
    const std::size_t classes = schema.target.classes.size();
    add_heads(settings, schema.target.is_class() ? static_cast<std::int64_t>(classes) : 1);
}

void TableNetwork::add_categories(const std::vector<std::int64_t>& level_counts,
                                  std::int64_t size) {
    if (level_counts.empty()) {
        return;
    }
    std::vector<std::int64_t> first_codes;
    std::int64_t codes = 0;
    for (const std::int64_t levels : level_counts) {
        first_codes.push_back(codes);
        codes += levels + 1;
    }
    first_code_ = register_buffer("first_code", torch::tensor(first_codes, torch::kInt64));
    code_embedding_ = register_parameter("code_embedding", torch::randn({codes, size}));
}

void TableNetwork::add_layers(const train::table::Settings& settings, const Tensor& input_scale) {
    for (std::int64_t i = 0; i < settings.depth; ++i) {
        const Tensor scale = i == 0 ? input_scale : torch::ones({settings.members, settings.width});
        layers_.push_back(register_module(fmt::format("layer_{}", i + 1),
                                          std::make_shared<SharedLinear>(scale, settings.width)));
    }
}

void TableNetwork::add_heads(const train::table::Settings& settings, std::int64_t outputs) {
    head_weight_ = register_parameter(
        "head_weight", uniform_for({settings.members, settings.width, outputs}, settings.width));
    head_bias_ = register_parameter("head_bias",
                                    uniform_for({settings.members, 1, outputs}, settings.width));
}

Tensor TableNetwork::embedded(const Tensor& numbers, const Tensor& codes) const {
    std::vector<Tensor> features;
    if (number_embedding_) {
        features.push_back(number_embedding_->forward(numbers));
    }
    if (code_embedding_.defined()) {
        features.push_back(torch::embedding(code_embedding_, codes + first_code_).flatten(1));
    }
    return torch::cat(features, 1);
}

bool TableNetwork::is_outer(std::string_view name) const {
    const bool has_plain_numbers = number_embedding_ && number_embedding_->parameters().empty();
    return name == "head_weight" || name.starts_with("numbers.") ||
           (has_plain_numbers && name == "layer_1.weight");
}

Tensor TableNetwork::forward(const Tensor& numbers, const Tensor& codes) {
    Tensor x = embedded(numbers, codes).unsqueeze(0);
    for (const auto& layer : layers_) {
        x = torch::dropout(layer->forward(x).relu_(), dropout_, is_training());
    }
    return torch::baddbmm(head_bias_, x, head_weight_);
}

}  // namespace trilby::backends
