// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A recorded machine in memory, before it is written into a folder.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/interrupt.hpp"
#include "recording/recorder.hpp"
#include <trilby/probe.hpp>

namespace trilby::recording {

struct Recording {
    Recorder read;
    Machine machine;
    std::vector<std::string> names;  ///< of its host and users
};

/// Probes a machine. ErrorCode::bad_data if it is itself a recording that is not whole.
[[nodiscard]] Result<Recording> record(const ProbeOptions& options);

/// Writes a recording without personal data into `folder`, which must be new or empty and is there
/// only once it is whole. `interrupts`, which may be null, is polled for each file.
[[nodiscard]] Result<void> write(const Recording& recording, const std::filesystem::path& folder,
                                 platform::InterruptWatch* interrupts);

}  // namespace trilby::recording
