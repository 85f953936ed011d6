// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The tools and sources for compiling a backend module, besides LibTorch.

#pragma once

#include <filesystem>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby::builder {

struct Toolchain {
    std::filesystem::path cmake;
    std::filesystem::path source;    ///< from trilby-backend-sdk
    std::filesystem::path compiler;  ///< for GPU code; empty for the CPU module
};

/// The toolchain for `flavour`, the name of a backend. ErrorCode::unavailable says what is missing
/// and which package has it.
[[nodiscard]] Result<Toolchain> find_toolchain(std::string_view flavour);

}  // namespace trilby::builder
