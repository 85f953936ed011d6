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

constexpr std::size_t piece_bytes = 65536;

/// Passes on what `read`, one of read_piece() and read_rest(), takes from each stream.
template <class Read>
Result<void> take(ChildProcess& child, const OutputSink& sink, const Read& read) {
    TRILBY_CHECK(read(child.standard_output(), [&sink](std::string_view piece) {
        return sink(ChildStream::output, piece);
    }));
    TRILBY_CHECK(read(child.standard_error(),
                      [&sink](std::string_view piece) { return sink(ChildStream::error, piece); }));
    return {};
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
        // Once, not to the end: a child that prints without end must not extend its deadline.
        TRILBY_CHECK(take(child, sink, read_piece));
        if (const auto status = child.wait(milliseconds(0))) {
            TRILBY_CHECK(take(child, sink, read_rest));
            return *status;
        }
    }
    return failure(ErrorCode::unavailable, fmt::format("it took longer than {} and was ended",
                                                       format_duration(limits.total)));
}

}  // namespace

Result<bool> read_piece(FileDescriptor& pipe, const PieceSink& sink) {
    std::array<char, piece_bytes> buffer;
    const ssize_t count = pipe ? ::read(pipe.get(), buffer.data(), buffer.size()) : 0;
    if (count > 0) {
        TRILBY_CHECK(sink({buffer.data(), static_cast<std::size_t>(count)}));
        return true;
    }
    if (count < 0 && errno == EINTR) {
        return true;
    }
    if (count == 0 || errno != EAGAIN) {
        pipe.reset();
    }
    return false;
}

Result<void> read_rest(FileDescriptor& pipe, const PieceSink& sink) {
    // More than a pipe holds: 64 KiB by default, and 1 MiB where pages have 64 KiB.
    constexpr std::size_t most_bytes = 4U << 20;
    for (std::size_t piece = 0; piece < most_bytes / piece_bytes; ++piece) {
        TRILBY_TRY(is_more, read_piece(pipe, sink));
        if (!is_more) {
            break;
        }
    }
    return {};
}

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
