// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/clipping.hpp"

#include <cmath>
#include <numeric>

#include "backends/torch/optimizers/updates.hpp"

namespace trilby::backends {
namespace {

/// Adds up in one order, however many threads there are.
double norm_of(const Tensors& gradients) {
    const auto pieces = pieces_of<1>({&gradients});
    std::vector<double> sums(pieces.size());
    for_each_index(pieces.size(), [&](std::size_t i) {
        sums[i] = sum_of_squares(pieces[i].count, pieces[i].elements[0]);
    });
    return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

void clip_flat(const Tensors& gradients, double norm) {
    const double found = norm_of(gradients);
    if (found > norm) {
        for_each_piece<1>({&gradients}, [&](const Piece<1>& piece) {
            scale(static_cast<float>(norm / found), piece.count, piece.elements[0]);
        });
    }
}

void clip_on_device(const Tensors& gradients, double norm) {
    const torch::Tensor found = torch::stack(at::_foreach_norm(gradients)).norm();
    const torch::Tensor factor = norm / found.clamp_min(norm);  // 1 below the norm
    for (torch::Tensor gradient : gradients) {
        gradient.mul_(factor);
    }
}

}  // namespace

void clip_to_norm(const Tensors& gradients, double norm) {
    if (norm == 0.0) {
        return;
    }
    const torch::NoGradGuard no_grad;
    if (are_flat(gradients)) {
        clip_flat(gradients, norm);
    } else {
        clip_on_device(gradients, norm);
    }
}

}  // namespace trilby::backends
