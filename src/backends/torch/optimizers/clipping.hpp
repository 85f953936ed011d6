// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/torch/optimizers/elements.hpp"

namespace trilby::backends {

/// Scales all gradients by one factor if their common norm is over `norm`; 0 is no limit. The host
/// does not wait for a device.
void clip_to_norm(const Tensors& gradients, double norm);

}  // namespace trilby::backends
