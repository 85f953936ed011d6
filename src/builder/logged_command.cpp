// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/logged_command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <span>
#include <unistd.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::builder {
namespace {

using Clock = std::chrono::steady_clock;
using std::filesystem::path;

/// What the command has printed: all of it in the file, the end of it at hand.
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

    /// Takes what a pipe has; closes it at its end.
    Result<void> take(platform::FileDescriptor& pipe) {
        std::array<char, 16384> buffer{};
        while (pipe) {
            const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
            if (count > 0) {
                TRILBY_CHECK(add({buffer.data(), static_cast<std::size_t>(count)}));
            } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
                pipe.reset();
            } else if (errno == EAGAIN) {
                break;
            }
        }
        return {};
    }

    /// From the first error among the last lines, or else just the last, made safe to show.
    [[nodiscard]] std::string last_words() const {
        constexpr std::ptrdiff_t most = 12;
        const auto lines = split_lines(tail_);
        auto first = std::ranges::find_if(lines, names_an_error);
        if (first == lines.end()) {
            first -= std::min(most, std::ssize(lines));
        }
        std::string words;
        for (auto line = first; line != lines.end() && line - first < most; ++line) {
            words += printable(*line, 300) + '\n';
        }
        return words;
    }

  private:
    static bool names_an_error(std::string_view line) {
        return line.find("rror:") != std::string_view::npos ||
               line.find("CMake Error") != std::string_view::npos;
    }

    Log(platform::FileDescriptor file, path where)
        : file_(std::move(file)), path_(std::move(where)) {}

    Result<void> add(std::string_view text) {
        constexpr std::size_t kept_bytes = 8192;
        tail_ += text;
        if (tail_.size() > 2 * kept_bytes) {
            tail_.erase(0, tail_.size() - kept_bytes);
        }
        return platform::write_all(file_.get(), text, path_);
    }

    platform::FileDescriptor file_;
    path path_;
    std::string tail_;
};

std::string how_it_ended(const platform::ExitStatus& status) {
    return status.was_signalled ? fmt::format("was ended by signal {}", status.code)
                                : fmt::format("failed with code {}", status.code);
}

/// Waits until there is something to do, and says whether the user wants it to stop.
bool wait_for_news(platform::ChildProcess& child, platform::InterruptWatch* interrupts,
                   std::chrono::milliseconds limit) {
    std::array<pollfd, 4> news{{{child.standard_output().get(), POLLIN, 0},
                                {child.standard_error().get(), POLLIN, 0},
                                {child.handle().get(), POLLIN, 0},
                                {interrupts == nullptr ? -1 : interrupts->fd(), POLLIN, 0}}};
    ::poll(news.data(), news.size(), static_cast<int>(limit.count()));
    return interrupts != nullptr && interrupts->count() > 0;
}

Result<void> take_all(platform::ChildProcess& child, Log& log) {
    TRILBY_CHECK(log.take(child.standard_output()));
    return log.take(child.standard_error());
}

/// Compilers run in groups of their own: who started them has to end them.
void end(platform::ChildProcess& child) {
    child.terminate(std::chrono::seconds(3));
}

/// Until it ends; the child's destructor ends one that is left before.
Result<platform::ExitStatus> run_to_its_end(platform::ChildProcess& child, Log& log,
                                            const CommandLimits& limits) {
    constexpr auto longest_wait = std::chrono::milliseconds(1000);
    const auto deadline = Clock::now() + limits.total;
    while (Clock::now() < deadline) {
        if (wait_for_news(child, limits.interrupts, longest_wait)) {
            end(child);
            return failure(ErrorCode::interrupted, "stopped");
        }
        TRILBY_CHECK(take_all(child, log));
        if (const auto status = child.wait(std::chrono::milliseconds(0))) {
            TRILBY_CHECK(take_all(child, log));
            return *status;
        }
    }
    end(child);
    return failure(ErrorCode::unavailable,
                   fmt::format("it took longer than {} minutes, and was ended",
                               std::chrono::ceil<std::chrono::minutes>(limits.total).count()));
}

}  // namespace

std::expected<void, CommandFailure> run_logged(const platform::ChildOptions& command,
                                               const path& log_file, const CommandLimits& limits) {
    auto log = Log::open(log_file);
    if (!log) {
        return std::unexpected(CommandFailure{log.error()});
    }
    auto child = platform::ChildProcess::spawn(command);
    if (!child) {
        return std::unexpected(CommandFailure{child.error()});
    }
    const auto status = run_to_its_end(*child, *log, limits);
    if (!status) {
        return std::unexpected(CommandFailure{status.error(), log->last_words()});
    }
    if (status->was_signalled || status->code != 0) {
        return std::unexpected(CommandFailure{
            {ErrorCode::failed,
             fmt::format("{} {}", command.program.filename().string(), how_it_ended(*status))},
            log->last_words()});
    }
    return {};
}

}  // namespace trilby::builder
