// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// CUDA graphs through LibTorch, whose allocator must keep the memory that a recorded graph uses.

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <exception>

#include "backends/torch/graph.hpp"

namespace trilby::backends {
namespace {

class CudaGraph final : public Graph {
  public:
    explicit CudaGraph(torch::Device device)
        : stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index())) {}

    void record(const std::function<void()>& work) override {
        torch::cuda::synchronize(stream_.current_stream().device_index());
        graph_.capture_begin();
        try {
            work();
        } catch (const std::exception&) {
            end_what_failed();
            throw;
        }
        graph_.capture_end();
    }

    void replay() override { graph_.replay(); }

  private:
    /// Takes the stream out of recording; the failed recording is discarded.
    void end_what_failed() {
        try {
            graph_.capture_end();
        } catch (const std::exception&) {
            return;
        }
    }

    c10::cuda::CUDAStreamGuard stream_;  // the default stream of a device cannot be recorded
    at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<Graph> make_graph(torch::Device device) {
    return device.is_cuda() ? std::make_unique<CudaGraph>(device) : nullptr;
}

}  // namespace trilby::backends
