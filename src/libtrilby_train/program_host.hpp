// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a worker is for a backend, within the process of a program.

#pragma once

#include <functional>
#include <string_view>

#include "platform/interrupt.hpp"
#include "train/events.hpp"
#include <trilby/backend_abi.h>
#include <trilby/result.hpp>

namespace trilby {

class ProgramHost {
  public:
    using OnEvent = std::function<Result<void>(const train::Event&)>;

    ProgramHost(platform::InterruptWatch& interrupts, OnEvent on_event);
    ProgramHost(const ProgramHost&) = delete;
    ProgramHost& operator=(const ProgramHost&) = delete;

    [[nodiscard]] const trilby_host& abi() const { return abi_; }
    /// The first error of `on_event`, which has cancelled the job.
    [[nodiscard]] const Result<void>& outcome() const { return outcome_; }

  private:
    void take(std::string_view text);

    platform::InterruptWatch& interrupts_;
    OnEvent on_event_;
    Result<void> outcome_;
    trilby_host abi_;
};

}  // namespace trilby
