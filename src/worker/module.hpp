// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Loads a backend module into the worker's process and checks that it follows the ABI.

#pragma once

#include <filesystem>

#include <trilby/backend_abi.h>
#include <trilby/result.hpp>

namespace trilby::worker {

/// Checks symbol, version, sizes and functions. The table lives as long as the process.
[[nodiscard]] Result<const trilby_backend*> load_module(const std::filesystem::path& path);

/// The protocol's word for a status of the ABI: "ok", "bad_data" and so on.
[[nodiscard]] const char* status_word(trilby_status status);

}  // namespace trilby::worker
