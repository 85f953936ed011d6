// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The failures of a request to a worker, each with a message for the user.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

#include "platform/child_process.hpp"
#include "worker/protocol.hpp"
#include <trilby/result.hpp>

namespace trilby::worker {

/// The kind of failure.
enum class Outcome : std::uint8_t {
    refused,        ///< the worker answered with an error, or the request could not be sent
    no_device,      ///< the module was loaded, and found no device to work on
    out_of_memory,  ///< the worker answered that memory is short
    cancelled,      ///< it stopped because it was asked to
    timed_out,      ///< it was silent for too long and was killed
    crashed,        ///< a signal ended it
    exited,         ///< it ended on its own before it answered
    violated,       ///< it broke the protocol
    stuck,          ///< it hangs in the kernel and cannot be killed
};

struct Failure {
    Outcome outcome = Outcome::refused;
    Error error;
    std::string output = {};  ///< the worker's last output, printable
};

template <class T>
using Answer = std::expected<T, Failure>;

/// The failure for an error of this program, before or after it asked the worker.
[[nodiscard]] inline std::unexpected<Failure> refused(Error error) {
    return std::unexpected(Failure{.outcome = Outcome::refused, .error = std::move(error)});
}
/// The failure for an error that the worker answered.
[[nodiscard]] Failure failure_of(const Refusal& refusal);
/// The failure for a process that ended before it answered.
[[nodiscard]] Failure failure_of(const platform::ExitStatus& status);

}  // namespace trilby::worker
