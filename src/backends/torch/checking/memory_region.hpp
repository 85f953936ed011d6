// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>

#include "backends/kernels/kernels.hpp"
#include "backends/torch/checking/check_run.hpp"

namespace trilby::backends {

/// The memory of the device that a check may use, filled and read by our own kernels.
class MemoryRegion {
  public:
    explicit MemoryRegion(CheckRun& run);

    void fill(gpu::Filling filling) const;
    void check(const std::string& what, gpu::Filling filling) const;
    /// Leaves the complement of each word that it reads.
    void check_and_invert(const std::string& what, gpu::Filling filling) const;
    /// Fills the region with random words, rests until that part of the time is over, and checks.
    void hold(double until_part) const;
    /// Reports its size as a measurement.
    void measure_size() const;

  private:
    [[nodiscard]] std::uint64_t count() const { return static_cast<std::uint64_t>(words_.numel()); }
    void disturb() const;
    template <class Start>
    void read(const std::string& what, const Start& start) const;

    CheckRun& run_;
    torch::Tensor words_;
};

}  // namespace trilby::backends
