// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/logged_command.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::builder {
namespace {

using std::filesystem::path;

/// The output of a command: all of it in a file, its end in memory.
class Log {
  public:
    static Result<Log> open(const path& file) {
        platform::FileDescriptor descriptor(
            ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!descriptor) {
            return std::unexpected(platform::system_error(errno, "write", file));
        }
        return Log(std::move(descriptor), file);
    }

    Result<void> add(std::string_view text) {
        constexpr std::size_t kept_bytes = 8192;
        tail_ += text;
        if (tail_.size() > 2 * kept_bytes) {
            tail_.erase(0, tail_.size() - kept_bytes);
        }
        return platform::write_all(file_.get(), text, path_);
    }

    /// The lines from the first error on, or else the last lines; printable.
    [[nodiscard]] std::string last_output() const {
        constexpr std::ptrdiff_t most = 12;
        const auto lines = split_lines(tail_);
        auto first = std::ranges::find_if(lines, has_error);
        if (first == lines.end()) {
            first -= std::min(most, std::ssize(lines));
        }
        std::string output;
        for (auto line = first; line != lines.end() && line - first < most; ++line) {
            output += printable(*line, 300) + '\n';
        }
        return output;
    }

  private:
    static bool has_error(std::string_view line) {
        return line.find("rror:") != std::string_view::npos ||
               line.find("CMake Error") != std::string_view::npos;
    }

    Log(platform::FileDescriptor file, path where)
        : file_(std::move(file)), path_(std::move(where)) {}

    platform::FileDescriptor file_;
    path path_;
    std::string tail_;
};

std::string how_it_ended(const platform::ExitStatus& status) {
    return status.was_signaled ? fmt::format("was ended by signal {}", status.code)
                               : fmt::format("failed with code {}", status.code);
}

}  // namespace

std::expected<void, CommandFailure> run_logged(const platform::ChildOptions& command,
                                               const path& log_file,
                                               const platform::ChildLimits& limits) {
    auto log = Log::open(log_file);
    if (!log) {
        return std::unexpected(CommandFailure{log.error()});
    }
    auto child = platform::ChildProcess::spawn(command);
    if (!child) {
        return std::unexpected(CommandFailure{child.error()});
    }
    const auto status = platform::follow(
        *child, [&log](platform::ChildStream, std::string_view piece) { return log->add(piece); },
        limits);
    if (!status) {
        return std::unexpected(CommandFailure{status.error(), log->last_output()});
    }
    if (status->was_signaled || status->code != 0) {
        return std::unexpected(CommandFailure{
            {ErrorCode::failed,
             fmt::format("{} {}", command.program.filename().string(), how_it_ended(*status))},
            log->last_output()});
    }
    return {};
}

}  // namespace trilby::builder
