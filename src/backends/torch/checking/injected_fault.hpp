// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>
#include <torch/torch.h>

#include "validate/injector.hpp"

namespace trilby::backends {

/// The fault of a self-test, if there is one, applied to tensors. `progress` is the part of the
/// check's time that is over.
class InjectedFault {
  public:
    InjectedFault(std::optional<validate::FaultClass> fault, std::uint64_t seed);

    /// Changes a result that has just arrived on the host, of this CPU if a check chose one.
    void strike(torch::Tensor& host, double progress, std::optional<std::uint32_t> cpu = {});
    /// Changes data in the device's memory.
    void disturb(torch::Tensor& stored, double progress);
    /// The device was idle.
    void rested();
    /// Hangs, crashes or throws, if that is the fault and its time has come.
    void end_if_due();
    /// How many times as long a computation takes.
    [[nodiscard]] int slowdown(validate::Work work, double progress);
    [[nodiscard]] std::uint64_t strikes() const { return injector_ ? injector_->strikes() : 0; }

  private:
    std::optional<validate::Injector> injector_;
};

}  // namespace trilby::backends
