// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/divergence.hpp"

#include <fmt/format.h>
#include <string>

namespace trilby::train {
namespace {

/// What the losses were like. Gradients overflow float32, which ends at 3.4e38, long before losses.
std::string loss_before(const Divergence& divergence) {
    constexpr double near_overflow = 1e18;
    if (!divergence.loss_before) {
        return "";
    }
    return fmt::format("the loss of the step before was {:.4g}{}; ", *divergence.loss_before,
                       *divergence.loss_before > near_overflow ? ", near the end of float32" : "");
}

std::string cause(const Divergence& divergence) {
    if (divergence.is_untrained) {
        return "no weight had changed yet, so the data are the likely cause";
    }
    return fmt::format("{}the learning rate, {:.4g}, is probably too high", loss_before(divergence),
                       divergence.learning_rate);
}

std::string what_is_kept(const Divergence& divergence) {
    return divergence.saved_step == 0
               ? ""
               : fmt::format("; the checkpoint of step {} is kept", divergence.saved_step);
}

std::string remedy(const Divergence& divergence) {
    if (divergence.is_untrained) {
        return "look for extreme values with 'trilby data show', and remove or scale them";
    }
    return divergence.has_clipping ? "lower optimizer.learning_rate, or lengthen the warm-up"
                                   : "lower optimizer.learning_rate, lengthen the warm-up, or set "
                                     "optimizer.clip_norm = 1.0";
}

}  // namespace

Error explain(const Divergence& divergence) {
    return Error{ErrorCode::failed,
                 fmt::format("the training diverged at step {} (epoch {}): {}{}", divergence.step,
                             divergence.epoch, cause(divergence), what_is_kept(divergence)),
                 remedy(divergence)};
}

}  // namespace trilby::train
