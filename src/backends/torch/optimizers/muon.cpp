// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/muon.hpp"

#include <algorithm>
#include <cmath>

namespace trilby::backends {
namespace {

/// A matrix, or the kernels of a convolution, each a row.
bool is_matrix(const Parameter& parameter) {
    return parameter.role == ParameterRole::hidden_weight &&
           (parameter.tensor.dim() == 2 || parameter.tensor.dim() == 4);
}

std::vector<std::size_t> positions_where(const std::vector<Parameter>& parameters, bool wanted) {
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (is_matrix(parameters[i]) == wanted) {
            positions.push_back(i);
        }
    }
    return positions;
}

template <class T>
std::vector<T> at_positions(const std::vector<T>& all, const std::vector<std::size_t>& positions) {
    std::vector<T> chosen;
    chosen.reserve(positions.size());
    for (const std::size_t position : positions) {
        chosen.push_back(all[position]);
    }
    return chosen;
}

/// Gives an update the size of AdamW's, so that one learning rate suits both (Liu et al., 2025).
double size_of_update(const torch::Tensor& matrix) {
    return 0.2 * std::sqrt(static_cast<double>(std::max(matrix.size(0), matrix.size(1))));
}

/// a + b * square + c * square^2, with the coefficients of Jordan et al.
torch::Tensor factor_of(const torch::Tensor& square) {
    constexpr double a = 3.4445;
    constexpr double b = -4.7750;
    constexpr double c = 2.0315;
    torch::Tensor factor = torch::addmm(square, square, square, b, c);
    factor.diagonal().add_(a);
    return factor;
}

}  // namespace

torch::Tensor orthogonalized(const torch::Tensor& matrix) {
    constexpr int more_iterations = 4;
    const bool is_tall = matrix.size(0) > matrix.size(1);
    const torch::Tensor wide = is_tall ? matrix.t() : matrix;
    const torch::Tensor start = wide / (wide.norm() + 1e-7);  // no singular value is over 1
    // An iteration is x = p(x x^T) x. All factors are polynomials of the first x x^T, so they
    // commute: their product and the later x x^T need only the small square matrices.
    torch::Tensor square = torch::mm(start, start.t());
    torch::Tensor factor = factor_of(square);
    torch::Tensor product = factor;
    for (int i = 0; i < more_iterations; ++i) {
        square = torch::mm(factor, torch::mm(square, factor));
        factor = factor_of(square);
        product = torch::mm(factor, product);
    }
    const torch::Tensor result = torch::mm(product, start);
    return is_tall ? result.t() : result;
}

Muon::Muon(const train::OptimizerSettings& settings, const std::vector<Parameter>& parameters)
    : momentum_(settings.muon_momentum),
      weight_decay_(settings.weight_decay),
      adamw_rate_(settings.adamw_learning_rate == 0.0
                      ? 1.0
                      : settings.adamw_learning_rate / settings.learning_rate),
      positions_(positions_where(parameters, true)),
      other_positions_(positions_where(parameters, false)),
      parameters_(at_positions(parameters, positions_)),
      tensors_(tensors_of(parameters_)),
      momenta_(zeros_like(tensors_)),
      others_(settings, at_positions(parameters, other_positions_)) {}

void Muon::step(const Tensors& gradients, double learning_rate, std::int64_t step) {
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        const torch::Tensor& gradient = gradients[positions_[i]];
        momenta_[i].lerp_(gradient, 1.0 - momentum_);
        const torch::Tensor direction = gradient.lerp(momenta_[i], momentum_).flatten(1);
        const torch::Tensor change = orthogonalized(direction).reshape(gradient.sizes());
        tensors_[i].mul_(1.0 - learning_rate * weight_decay_);
        tensors_[i].add_(change, -learning_rate * size_of_update(direction));
    }
    others_.step(at_positions(gradients, other_positions_), learning_rate * adamw_rate_, step);
}

NamedTensors Muon::state() const {
    NamedTensors state = others_.state();
    append_slot(state, "momentum", parameters_, momenta_);
    return state;
}

}  // namespace trilby::backends
