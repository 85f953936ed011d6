// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// For devices on which no graph was measured to gain anything.

#include "backends/torch/graph.hpp"

namespace trilby::backends {

std::unique_ptr<Graph> make_graph(torch::Device /*device*/) {
    return nullptr;
}

}  // namespace trilby::backends
