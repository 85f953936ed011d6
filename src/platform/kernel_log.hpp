// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include <trilby/observed.hpp>

namespace trilby::platform {

/// Calls `take` with every message of the kernel's log at `path` (/dev/kmsg), the oldest first.
/// Does not wait for new messages, and stops at a limit that no kernel's buffer reaches. Not
/// present if nothing could be read; systems may keep users from reading it.
[[nodiscard]] Presence for_each_kernel_message(const std::filesystem::path& path,
                                               const std::function<void(std::string_view)>& take);

}  // namespace trilby::platform
