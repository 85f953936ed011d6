// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Ctrl-C and SIGTERM as something that can be polled and counted.

#pragma once

#include "platform/file_descriptor.hpp"

namespace trilby::platform {

/// While one of these lives, SIGINT, SIGTERM and SIGHUP no longer end the process: each is counted
/// instead, and makes fd() readable. The same signal again within 250 ms is the same wish. At most
/// one watch at a time.
class InterruptWatch {
  public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    /// Readable after every new signal, until count() is called.
    [[nodiscard]] int fd() const;
    /// How many have arrived so far.
    [[nodiscard]] int count();
};

}  // namespace trilby::platform
