// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The ways in which a request to a worker can end badly, each with its own words for the user.

#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "platform/child_process.hpp"
#include "worker/protocol.hpp"
#include <trilby/result.hpp>

namespace trilby::worker {

/// How a request ended when it did not end well.
enum class Outcome : std::uint8_t {
    refused,        ///< the worker answered with an error, or the request could not be sent
    no_device,      ///< the module was loaded, and found no device to work on
    out_of_memory,  ///< the worker answered that memory was short
    cancelled,      ///< it stopped because it was asked to
    timed_out,      ///< it said nothing for too long and was killed
    crashed,        ///< it died of a signal
    exited,         ///< it ended on its own before it answered
    violated,       ///< what it sent is not the protocol
    stuck,          ///< it cannot be killed: it hangs inside the kernel
};

struct Failure {
    Outcome outcome = Outcome::refused;
    Error error;
    std::string output = {};  ///< last part of what the worker printed, made safe to show
};

template <class T>
using Answer = std::expected<T, Failure>;

/// What the worker's own words mean for the user.
[[nodiscard]] Failure failure_of(const Refusal& refusal);
/// What it means that the process ended before it answered.
[[nodiscard]] Failure failure_of(const platform::ExitStatus& status);

}  // namespace trilby::worker
