// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/child_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/try.hpp"
#include "base/units.hpp"

namespace trilby::platform {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Reads a pipe once, which empties it, and closes it at its end. It does not loop: a child that
/// prints without end must not keep the caller from its deadline.
Result<void> take(FileDescriptor& pipe, ChildStream stream, const OutputSink& sink) {
    constexpr std::size_t pipe_capacity = 65536;
    if (!pipe) {
        return {};
    }
    std::array<char, pipe_capacity> buffer{};
    const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
    if (count > 0) {
        return sink(stream, {buffer.data(), static_cast<std::size_t>(count)});
    }
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        pipe.reset();
    }
    return {};
}

Result<void> take_all(ChildProcess& child, const OutputSink& sink) {
    TRILBY_CHECK(take(child.standard_output(), ChildStream::output, sink));
    return take(child.standard_error(), ChildStream::error, sink);
}

/// Waits for output, the end of the child or a signal. True if the user wants to stop.
bool wait_for_news(ChildProcess& child, InterruptWatch* interrupts, Clock::time_point deadline) {
    constexpr std::int64_t longest_ms = 60000;
    std::array<pollfd, 4> news{{{child.standard_output().get(), POLLIN, 0},
                                {child.standard_error().get(), POLLIN, 0},
                                {child.handle().get(), POLLIN, 0},
                                {interrupts == nullptr ? -1 : interrupts->fd(), POLLIN, 0}}};
    const std::int64_t left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    ::poll(news.data(), news.size(),
           static_cast<int>(std::clamp<std::int64_t>(left, 0, longest_ms)));
    return interrupts != nullptr && interrupts->count() > 0;
}

Result<ExitStatus> follow_to_its_end(ChildProcess& child, const OutputSink& sink,
                                     const ChildLimits& limits) {
    for (const auto deadline = Clock::now() + limits.total; Clock::now() < deadline;) {
        if (wait_for_news(child, limits.interrupts, deadline)) {
            return failure(ErrorCode::interrupted, "stopped");
        }
        TRILBY_CHECK(take_all(child, sink));
        if (const auto status = child.wait(milliseconds(0))) {
            TRILBY_CHECK(take_all(child, sink));
            return *status;
        }
    }
    return failure(ErrorCode::unavailable, fmt::format("it took longer than {} and was ended",
                                                       format_duration(limits.total)));
}

}  // namespace

Result<ExitStatus> follow(ChildProcess& child, const OutputSink& sink, const ChildLimits& limits) {
    constexpr auto end_wait = std::chrono::seconds(3);
    auto status = follow_to_its_end(child, sink, limits);
    if (!status) {
        // Only the child can end processes in other groups, such as the compilers of Ninja.
        child.terminate(end_wait);
    }
    return status;
}

}  // namespace trilby::platform
