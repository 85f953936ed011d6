// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a child prints, from its start to its end.

#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "platform/child_process.hpp"
#include "platform/interrupt.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

enum class ChildStream { output, error };

/// Gets each piece of what a child prints. An error ends the child.
using OutputSink = std::function<Result<void>(ChildStream, std::string_view)>;

struct ChildLimits {
    std::chrono::milliseconds total{};
    InterruptWatch* interrupts = nullptr;  ///< a signal ends the child; may be null
};

/// Hands all that the child prints to `sink` until it ends. ErrorCode::interrupted at a signal,
/// ErrorCode::unavailable after `limits.total`, or what the sink failed with; the child, which was
/// asked to end by then, is killed by its destructor if it lives on.
[[nodiscard]] Result<ExitStatus> follow(ChildProcess& child, const OutputSink& sink,
                                        const ChildLimits& limits);

}  // namespace trilby::platform
