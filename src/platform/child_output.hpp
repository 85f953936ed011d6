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

/// Receives a piece of what a pipe has.
using PieceSink = std::function<Result<void>(std::string_view)>;

/// Reads once from a pipe that does not block, and closes it at its end. Whether it may have more.
[[nodiscard]] Result<bool> read_piece(FileDescriptor& pipe, const PieceSink& sink);

/// Reads all that is in such a pipe, but at most 4 MiB: a child or what it left behind may print
/// without end.
[[nodiscard]] Result<void> read_rest(FileDescriptor& pipe, const PieceSink& sink);

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
