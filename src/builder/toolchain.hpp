// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What compiling a backend module takes, besides LibTorch.

#pragma once

#include <filesystem>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby::builder {

struct Toolchain {
    std::filesystem::path cmake;
    std::filesystem::path source;    ///< of trilby-backend-sdk
    std::filesystem::path compiler;  ///< of GPU code; empty for a CPU's module
};

/// Everything that a module for `flavour` (the name of a backend) is compiled with; an
/// ErrorCode::unavailable that names what is missing and the package that has it.
[[nodiscard]] Result<Toolchain> find_toolchain(std::string_view flavour);

}  // namespace trilby::builder
