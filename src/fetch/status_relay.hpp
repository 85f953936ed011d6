// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The statuses of a training run, on their way from `trilby` to a server.

#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby::fetch {

struct StatusRelay {
    std::function<Result<void>(std::string_view status)> post;
    std::function<void(const Error&)> on_first_failure;
    std::chrono::milliseconds interval{5'000};  ///< the shortest time between two posts
};

/// Reads one status per line from `channel` until its end. Posts the newest one whenever the
/// interval has passed, and at the end at once. A failed post is not repeated: a newer status
/// follows. Fails if the channel cannot be read, or has a line of more than 64 KiB.
[[nodiscard]] Result<void> relay_statuses(int channel, const StatusRelay& relay);

}  // namespace trilby::fetch
