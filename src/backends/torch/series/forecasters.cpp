// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/forecasters.hpp"

#include "backends/torch/series/patch_transformer.hpp"

namespace trilby::backends {
namespace {

using train::series::NetworkKind;
using train::series::Settings;

/// A matrix from the look-back to the horizon, for all variables or for each.
class LinearForecaster : public Forecaster {
  public:
    /// Starts as the mean of the past.
    LinearForecaster(std::int64_t matrices, std::int64_t look_back, std::int64_t horizon)
        : weight_(register_parameter("weight", torch::full({matrices, look_back, horizon},
                                                           1.0 / static_cast<double>(look_back)))),
          bias_(register_parameter("bias", torch::zeros({matrices, 1, horizon}))) {}

    torch::Tensor forward(const torch::Tensor& past) override {
        if (weight_.size(0) > 1) {
            return torch::baddbmm(bias_, past.transpose(0, 1), weight_).transpose(0, 1);
        }
        const torch::Tensor rows = past.reshape({-1, past.size(2)});
        return torch::addmm(bias_[0], rows, weight_[0]).view({past.size(0), past.size(1), -1});
    }

  private:
    torch::Tensor weight_;
    torch::Tensor bias_;
};

/// Zeng et al., 2023: one matrix for a moving mean and one for the rest.
class DLinearForecaster : public Forecaster {
  public:
    DLinearForecaster(std::int64_t matrices, std::int64_t look_back, std::int64_t horizon)
        : trend_(register_module("trend",
                                 std::make_shared<LinearForecaster>(matrices, look_back, horizon))),
          rest_(register_module(
              "rest", std::make_shared<LinearForecaster>(matrices, look_back, horizon))) {}

    torch::Tensor forward(const torch::Tensor& past) override {
        constexpr std::int64_t reach = 12;  // of the mean to each side
        const torch::Tensor padded = torch::replication_pad1d(past, {reach, reach});
        const torch::Tensor trend = torch::avg_pool1d(padded, 2 * reach + 1, /*stride=*/1);
        return trend_->forward(trend) + rest_->forward(past - trend);
    }

  private:
    std::shared_ptr<LinearForecaster> trend_;
    std::shared_ptr<LinearForecaster> rest_;
};

}  // namespace

std::shared_ptr<Forecaster> make_forecaster(const Settings& settings, std::int64_t variables) {
    const std::int64_t matrices = settings.individual ? variables : 1;
    switch (settings.kind) {
        case NetworkKind::dlinear:
            return std::make_shared<DLinearForecaster>(matrices, settings.look_back,
                                                       settings.horizon);
        case NetworkKind::patch_transformer:
            return std::make_shared<PatchTransformer>(settings);
        case NetworkKind::linear:
        case NetworkKind::nlinear:
            break;
    }
    return std::make_shared<LinearForecaster>(matrices, settings.look_back, settings.horizon);
}

}  // namespace trilby::backends
