// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/status_relay.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::fetch {
namespace {

using Clock = std::chrono::steady_clock;

/// The newest line of a channel; older ones are dropped.
class NewestLine {
  public:
    explicit NewestLine(int channel) : channel_(channel) {}

    [[nodiscard]] bool is_open() const { return is_open_; }
    [[nodiscard]] bool has_line() const { return line_.has_value(); }
    [[nodiscard]] std::string take() { return *std::exchange(line_, std::nullopt); }

    /// Waits for more until `deadline`; without one, for as long as the channel is open.
    Result<void> wait(std::optional<Clock::time_point> deadline) {
        pollfd news{channel_, POLLIN, 0};
        return ::poll(&news, 1, timeout_ms(deadline)) > 0 ? read() : Result<void>{};
    }

  private:
    static int timeout_ms(std::optional<Clock::time_point> deadline) {
        if (!deadline) {
            return -1;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }

    Result<void> read() {
        std::array<char, 65'536> piece;
        const ssize_t got = ::read(channel_, piece.data(), piece.size());
        if (got < 0 && errno != EINTR && errno != EAGAIN) {
            return std::unexpected(platform::system_error(errno, "read", "the channel to trilby"));
        }
        is_open_ = got != 0;
        unfinished_.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
        keep_newest();
        if (unfinished_.size() > piece.size()) {
            return failure(ErrorCode::bad_data, "a status is longer than 64 KiB");
        }
        return {};
    }

    void keep_newest() {
        const std::size_t end = unfinished_.rfind('\n');
        if (end == std::string::npos) {
            return;
        }
        const std::size_t before = end == 0 ? std::string::npos : unfinished_.rfind('\n', end - 1);
        const std::size_t begin = before == std::string::npos ? 0 : before + 1;
        line_ = unfinished_.substr(begin, end - begin);
        unfinished_.erase(0, end + 1);
    }

    int channel_;
    bool is_open_ = true;
    std::string unfinished_;
    std::optional<std::string> line_;
};

}  // namespace

Result<void> relay_statuses(int channel, const StatusRelay& relay) {
    NewestLine newest(channel);
    auto next_post = Clock::now();
    bool has_failed = false;
    while (newest.is_open()) {
        TRILBY_CHECK(newest.wait(newest.has_line() ? std::optional(next_post) : std::nullopt));
        if (!newest.has_line() || (newest.is_open() && Clock::now() < next_post)) {
            continue;
        }
        next_post = Clock::now() + relay.interval;
        const auto posted = relay.post(newest.take());
        if (!posted && !std::exchange(has_failed, true)) {
            relay.on_first_failure(posted.error());
        }
    }
    return {};
}

}  // namespace trilby::fetch
