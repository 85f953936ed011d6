// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A child process that cannot outlive its parent, in a process group of its own.

#pragma once

#include <array>
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
    /// Added to the parent's variables, or replacing them.
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::optional<std::uint64_t> address_space_limit_bytes = std::nullopt;
    /// Descriptors of the parent that are numbers 4 and 5 in the child; -1 for none.
    std::array<int, 2> shared_descriptors{-1, -1};
};

/// The end of a child.
struct ExitStatus {
    bool was_signaled = false;
    int code = 0;  ///< exit code or signal number
};

/// The error of exec(): ErrorCode::unavailable without a hint, since only the caller knows where
/// the program comes from, or a shortage with a hint.
[[nodiscard]] Error cannot_execute(int error_number, const std::filesystem::path& program);

/// Owns the child: destruction kills its group and reaps it.
class ChildProcess {
  public:
    /// Starts a child with /dev/null as standard input, pipes as standard output and error, a
    /// socket as descriptor 3, and no other descriptors. It dies with the thread that started it. A
    /// program that cannot be executed is cannot_execute(); other errors have a hint.
    [[nodiscard]] static Result<ChildProcess> spawn(const ChildOptions& options);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// A pidfd: readable once the child has ended, even if its own children keep the pipes open.
    [[nodiscard]] const FileDescriptor& handle() const { return handle_; }
    /// Our non-blocking ends of the socket that is descriptor 3 in the child, and of its output.
    [[nodiscard]] FileDescriptor& channel() { return channel_; }
    [[nodiscard]] FileDescriptor& standard_output() { return standard_output_; }
    [[nodiscard]] FileDescriptor& standard_error() { return standard_error_; }

    /// Waits at most `limit` for the end; nothing if the child still runs.
    [[nodiscard]] std::optional<ExitStatus> wait(std::chrono::milliseconds limit);
    /// Sends SIGTERM to the group and waits at most `limit` for all of it, so that the child can
    /// end processes it put into other groups, and its own children what they have begun.
    std::optional<ExitStatus> terminate(std::chrono::milliseconds limit);
    /// Sends SIGKILL to the group and waits briefly. Nothing means that the child is stuck in the
    /// kernel, where no signal can end it, and was left unreaped.
    std::optional<ExitStatus> kill();

  private:
    ChildProcess() = default;

    pid_t pid_ = -1;
    FileDescriptor handle_;
    FileDescriptor channel_;
    FileDescriptor standard_output_;
    FileDescriptor standard_error_;
    std::optional<ExitStatus> status_;
};

}  // namespace trilby::platform
