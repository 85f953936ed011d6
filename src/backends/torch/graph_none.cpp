// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// For devices on which measurements showed no gain from graphs.

#include "backends/torch/graph.hpp"

namespace trilby::backends {

std::unique_ptr<Graph> make_graph(torch::Device /*device*/) {
    return nullptr;
}

}  // namespace trilby::backends
