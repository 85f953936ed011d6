// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/network.hpp"

#include "backends/torch/series/forecasters.hpp"

namespace trilby::backends {
namespace {

using train::series::NetworkKind;

torch::Tensor last_value(const torch::Tensor& past) {
    return past.narrow(-1, past.size(-1) - 1, 1);
}

}  // namespace

SeriesNetwork::SeriesNetwork(const train::series::Settings& settings, std::int64_t variables,
                             std::int64_t seed)
    : starts_at_last_value_(settings.kind == NetworkKind::nlinear),
      normalizes_(settings.normalize) {
    torch::manual_seed(static_cast<std::uint64_t>(seed));
    forecaster_ = register_module("forecaster", make_forecaster(settings, variables));
}

torch::Tensor SeriesNetwork::forward(const torch::Tensor& past) {
    if (normalizes_) {
        const auto [level, scale] = level_and_scale(past);
        return forecaster_->forward((past - level) / scale) * scale + level;
    }
    if (starts_at_last_value_) {
        const torch::Tensor level = last_value(past);
        return forecaster_->forward(past - level) + level;
    }
    return forecaster_->forward(past);
}

std::pair<torch::Tensor, torch::Tensor> SeriesNetwork::level_and_scale(
    const torch::Tensor& past) const {
    constexpr double least_variance = 1e-5;
    const torch::Tensor mean = past.mean(-1, /*keepdim=*/true);
    const torch::Tensor variance = (past - mean).square().mean(-1, /*keepdim=*/true);
    return {starts_at_last_value_ ? last_value(past) : mean, (variance + least_variance).sqrt()};
}

}  // namespace trilby::backends
