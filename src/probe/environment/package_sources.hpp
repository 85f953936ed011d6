// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What packages have put on the disk for kernels, and where packages come from.

#pragma once

#include "probe/environment/surroundings.hpp"

namespace trilby::sources {

/// Sorted as versions; of kernels whose folder was removed under the running one too.
[[nodiscard]] Observed<std::vector<KernelFolder>> read_kernel_folders(
    const platform::FileTree& tree);

/// Of the packages of NVIDIA's driver, as FOLDER/FILE.
[[nodiscard]] Observed<std::vector<std::string>> read_failed_builds(const platform::FileTree& tree);

/// Files of the firmware that NVIDIA's loaded module asks for.
[[nodiscard]] Observed<std::vector<std::string>> read_nvidia_firmware(
    const platform::FileTree& tree);

/// GNU C++ compilers, sorted, each major version once.
[[nodiscard]] Observed<std::vector<std::uint32_t>> read_gcc_versions(
    const platform::FileTree& tree);

/// With what 'dnf config-manager setopt' has changed in them.
[[nodiscard]] Observed<std::vector<Repository>> read_repositories(const platform::FileTree& tree);

}  // namespace trilby::sources
