// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Signals that ask a process to end, as events that can be polled and counted.

#pragma once

#include "platform/file_descriptor.hpp"

namespace trilby::platform {

/// While a watch exists, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, which Slurm sends before the
/// time of a job is over, and SIGPIPE do not end the process: they are counted and make fd()
/// readable. A repeated signal within 250 ms counts once, and SIGPIPE counts once. There is one
/// watch at a time.
class InterruptWatch {
  public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    /// Readable after every new signal, until count() is called.
    [[nodiscard]] int fd() const;
    /// The number of signals so far.
    [[nodiscard]] int count();
};

}  // namespace trilby::platform
