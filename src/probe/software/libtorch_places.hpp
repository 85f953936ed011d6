// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds installations of LibTorch.

#pragma once

#include <string>
#include <vector>

#include "probe/list_reader.hpp"

namespace trilby::sources {

struct LibTorchPlace {
    std::string folder;          ///< folder of libtorch_cpu.so
    std::string package_folder;  ///< with version.py or build-version; empty for system libraries
    std::string include_folder;
};

/// Distribution packages, then packages in Python environments, then unpacked archives; each folder
/// once.
[[nodiscard]] std::vector<LibTorchPlace> find_libtorch(const ListReader& reader);

}  // namespace trilby::sources
