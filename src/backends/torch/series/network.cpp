// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/network.hpp"

#include "backends/torch/series/forecasters.hpp"

namespace trilby::backends {

using train::series::NetworkKind;

SeriesNetwork::SeriesNetwork(const train::series::Settings& settings, std::int64_t variables,
                             std::int64_t seed)
    : starts_at_last_value_(settings.kind == NetworkKind::nlinear),
      normalizes_(settings.normalize) {
    torch::manual_seed(static_cast<std::uint64_t>(seed));
    forecaster_ = register_module("forecaster", make_forecaster(settings, variables));
}

torch::Tensor SeriesNetwork::forward(const torch::Tensor& past) {
    const auto [level, scale] = level_and_scale(past);
    return forecaster_->forward((past - level) / scale) * scale + level;
}

std::pair<torch::Tensor, torch::Tensor> SeriesNetwork::level_and_scale(
    const torch::Tensor& past) const {
    constexpr double least_variance = 1e-5;
    const torch::Tensor mean = past.mean(-1, /*keepdim=*/true);
    const torch::Tensor last = past.narrow(-1, past.size(-1) - 1, 1);
    const torch::Tensor scale =
        normalizes_ ? ((past - mean).square().mean(-1, /*keepdim=*/true) + least_variance).sqrt()
                    : torch::ones_like(mean);
    if (starts_at_last_value_) {
        return {last, scale};
    }
    return {normalizes_ ? mean : torch::zeros_like(mean), scale};
}

}  // namespace trilby::backends
