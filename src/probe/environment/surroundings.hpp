// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What lies around the hardware and decides whether it works: variables, limits, modules on disk,
/// package sources. For the doctor; recorded with the machine.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby {

/// Modules of one installed kernel.
struct KernelFolder {
    std::string release;  ///< "6.17.5-300.fc43.x86_64"
    bool has_modules = false;
    bool has_headers = false;  ///< to build more of them
    bool has_nvidia = false;   ///< NVIDIA's module, built for it
};

/// A source of packages of dnf.
struct Repository {
    std::string id;
    std::string path;
    std::string base_url;  ///< empty if it has only a list of mirrors
    std::string gpg_key;   ///< address of the key that its packages are signed with; may be empty
    std::string excludes;  ///< packages that are not taken from it, as written
    bool is_enabled = false;
};

/// A folder of device nodes that is not open to everybody.
struct DeviceFolder {
    std::string path;
    std::uint32_t mode = 0;  ///< permission bits
    std::uint32_t group_id = 0;
};

struct Surroundings {
    /// Variables that concern GPUs, libraries and threads; only those that are set.
    std::map<std::string, Observed<std::string>, std::less<>> environment;
    /// Whether a file is there; absent where nothing is known of its folder.
    std::map<std::string, Observed<bool>, std::less<>> files;
    /// Short texts of files, by path.
    std::map<std::string, Observed<std::string>, std::less<>> texts;
    Observed<std::vector<KernelFolder>> kernels;
    Observed<std::vector<std::string>> failed_builds;  ///< logs of akmods
    Observed<std::vector<Repository>> repositories;
    /// For the version of the loaded driver; absent if none is loaded or nothing is known of them.
    Observed<std::vector<std::string>> nvidia_firmware;
    Observed<std::vector<std::uint32_t>> gcc_versions;  ///< major ones, of the C++ compilers
    Observed<std::string> c_library_version;            ///< "2.41", of the GNU C library
    Observed<std::vector<std::string>> rocblas_files;
    Observed<std::vector<std::string>> hipblaslt_files;
    std::vector<DeviceFolder> closed_device_folders;  ///< of those known to be trouble
    /// Nodes of GPUs that this process may open as a member of their group, and for no other
    /// reason.
    Observed<std::vector<std::string>> group_nodes;
    Observed<std::vector<std::string>> swaps;           ///< devices and files
    Observed<std::uint64_t> shared_memory_bytes;        ///< of /dev/shm, all of it
    Observed<std::uint64_t> locked_memory_limit_bytes;  ///< absent if there is no limit
    Observed<std::uint64_t> free_cache_bytes;           ///< where ~/.cache lies
    Observed<std::vector<std::uint32_t>> groups;        ///< of this process

    [[nodiscard]] Observed<std::string> variable(std::string_view name) const;
    [[nodiscard]] Observed<bool> file(std::string_view path) const;
    [[nodiscard]] Observed<std::string> text(std::string_view path) const;
};

namespace sources {
[[nodiscard]] Surroundings read_surroundings(const platform::FileTree& tree);
}

}  // namespace trilby
