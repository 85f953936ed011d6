// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The places where a LibTorch may be, and the ones where it is.

#pragma once

#include <string>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::sources {

struct LibTorchPlace {
    std::string folder;          ///< of libtorch_cpu.so
    std::string package_folder;  ///< of version.py or build-version; empty among system libraries
    std::string include_folder;
};

/// The distributions' packages, then those of Python environments, then unpacked archives; each
/// folder once.
[[nodiscard]] std::vector<LibTorchPlace> find_libtorch(const platform::FileTree& tree);

}  // namespace trilby::sources
