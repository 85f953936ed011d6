// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A backend module in the worker's process: loading it, and checking that it keeps the ABI.

#pragma once

#include <filesystem>

#include <trilby/backend_abi.h>
#include <trilby/result.hpp>

namespace trilby::worker {

/// Loads a module and checks symbol, version, sizes and functions. The table lives as long as the
/// process.
[[nodiscard]] Result<const trilby_backend*> load_module(const std::filesystem::path& path);

/// "ok", "bad_data" and so on: the words of the protocol for the numbers of the ABI.
[[nodiscard]] const char* status_word(trilby_status status);

}  // namespace trilby::worker
