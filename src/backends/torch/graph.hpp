// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <functional>
#include <memory>
#include <torch/torch.h>

namespace trilby::backends {

/// Device work that is recorded once and then launched as a whole: launching small kernels one by
/// one takes longer than computing them. Both functions throw as
/// LibTorch does.
class Graph {
  public:
    Graph() = default;
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;
    virtual ~Graph() = default;

    /// Records the work that `work` submits, without computing it. Tensors created by `work` get
    /// their values from replay().
    virtual void record(const std::function<void()>& work) = 0;
    /// Computes what was recorded, from and to the memory that it was recorded with.
    virtual void replay() = 0;
};

/// nullptr for a device that graphs do not speed up; every backend defines its own. As long as it
/// exists, the calling thread submits its work to a stream that can be recorded.
std::unique_ptr<Graph> make_graph(torch::Device device);

}  // namespace trilby::backends
