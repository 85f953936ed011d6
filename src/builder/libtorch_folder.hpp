// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The LibTorch that a module is built against: the user's choice, or the best one of the probe.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::builder {

struct LibTorchFolder {
    std::filesystem::path root;       ///< with include and lib below it
    std::filesystem::path libraries;  ///< the folder of libtorch_cpu.so
    std::string flavour;              ///< the name of the backend that it is for
};

/// `folder` is an unpacked LibTorch, the `torch` folder of a wheel, a virtual environment that
/// holds one, or a prefix such as /usr. ErrorCode::no_input if it is none of these.
[[nodiscard]] Result<LibTorchFolder> libtorch_in(const std::filesystem::path& folder);

/// The first LibTorch for CUDA, else the first for ROCm. One for CPUs must be given, since its
/// module is in a package. ErrorCode::no_input if there is none.
[[nodiscard]] Result<LibTorchFolder> libtorch_of(const Machine& machine);

}  // namespace trilby::builder
