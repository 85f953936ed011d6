// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A child that cannot outlive its parent, in a process group that can be killed as a whole.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

struct ChildOptions {
    std::filesystem::path program = {};
    std::vector<std::string> arguments = {};  ///< without the program's name
    /// Variables set on top of the parent's.
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::optional<std::uint64_t> address_space_limit_bytes = std::nullopt;
    /// A descriptor of the parent that the child gets as number 4; -1 for none.
    int shared_descriptor = -1;
};

/// How a child ended.
struct ExitStatus {
    bool was_signaled = false;
    int code = 0;  ///< the exit code, or the number of the signal
};

/// Owns the child: destruction kills the group and reaps what can be reaped.
class ChildProcess {
  public:
    /// The child gets /dev/null as standard input, pipes as standard output and error, a socket as
    /// descriptor 3, and nothing else. It dies with the parent's thread.
    [[nodiscard]] static Result<ChildProcess> spawn(const ChildOptions& options);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Readable once the child has ended, even if something it started still holds the others.
    [[nodiscard]] const FileDescriptor& handle() const { return handle_; }
    /// Non-blocking ends: the socket that is descriptor 3 in the child, and its captured output.
    [[nodiscard]] FileDescriptor& channel() { return channel_; }
    [[nodiscard]] FileDescriptor& standard_output() { return standard_output_; }
    [[nodiscard]] FileDescriptor& standard_error() { return standard_error_; }

    /// Waits at most `limit` for the end; nothing if it still runs.
    [[nodiscard]] std::optional<ExitStatus> wait(std::chrono::milliseconds limit);
    /// SIGTERM to the whole group, then at most `limit` for its end: for programs that have to end
    /// what they started in groups of its own. kill() is for what is left.
    std::optional<ExitStatus> terminate(std::chrono::milliseconds limit);
    /// SIGKILL to the whole group, then a short wait. Nothing means that the process is stuck in
    /// the kernel and was left behind unreaped: no signal can end it.
    std::optional<ExitStatus> kill();

  private:
    ChildProcess() = default;

    pid_t pid_ = -1;
    FileDescriptor handle_;  ///< pidfd
    FileDescriptor channel_;
    FileDescriptor standard_output_;
    FileDescriptor standard_error_;
    std::optional<ExitStatus> status_;
};

}  // namespace trilby::platform
