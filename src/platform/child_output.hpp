// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The output of a child process, from its start to its end.

#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "platform/child_process.hpp"
#include "platform/interrupt.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

enum class ChildStream { output, error };

/// Receives each piece of output. An error ends the child.
using OutputSink = std::function<Result<void>(ChildStream, std::string_view)>;

struct ChildLimits {
    std::chrono::milliseconds total{};
    InterruptWatch* interrupts = nullptr;  ///< a signal ends the child; may be null
};

/// Passes the child's output to `sink` until the child ends. Fails with ErrorCode::interrupted at a
/// signal, ErrorCode::unavailable after `limits.total`, or the sink's error. The child has then
/// been asked to end; its destructor kills it if it has not.
[[nodiscard]] Result<ExitStatus> follow(ChildProcess& child, const OutputSink& sink,
                                        const ChildLimits& limits);

}  // namespace trilby::platform
