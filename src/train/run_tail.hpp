// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <functional>

#include "platform/interrupt.hpp"
#include "train/events.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// Calls `take` with each epoch of a run, and with later ones as they end, until nobody trains the
/// run any more. A signal is ErrorCode::interrupted.
[[nodiscard]] Result<void> follow_epochs(const std::filesystem::path& run,
                                         platform::InterruptWatch& interrupts,
                                         const std::function<bool(const EpochEvent&)>& take);

}  // namespace trilby::train
