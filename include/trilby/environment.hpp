// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Everything else that affects hardware and drivers: variables, limits, installed kernels,
/// package sources.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <trilby/observed.hpp>
#include <trilby/software.hpp>

namespace trilby {

struct EnvironmentVariable {
    std::string name;
    Observed<std::string> value;
};

/// Whether a file or folder exists; absent if nothing is known about its parent folder.
struct FileState {
    std::string path;
    Observed<bool> exists;
};

struct TextFile {
    std::string path;
    Observed<std::string> text;
};

/// The lists that are gathered from many files and folders, by their names here and in Machine.
enum class FactList : std::uint8_t {
    drivers,
    libraries,  ///< also preferred_libraries
    libtorch,
    kernels,
    failed_builds,
    repositories,
    module_settings,
    removal_rules,
    gcc_versions,
    nvswitches,
};

/// A file or folder that could not be read, so that a list may lack entries.
struct UnreadPath {
    FactList list = FactList::drivers;
    std::string path;
    Presence why = Presence::denied;  ///< denied or malformed
};

/// The modules of an installed kernel. What is false here may exist below a path in
/// Environment::unread.
struct KernelFolder {
    std::string release;  ///< "6.17.5-300.fc43.x86_64"
    bool has_modules = false;
    bool has_headers = false;  ///< to build more modules
    bool has_nvidia = false;   ///< NVIDIA's module, built for this kernel
};

/// A line of a configuration file.
struct SettingLine {
    std::string path;
    std::string text;
};

/// A package source of dnf.
struct Repository {
    std::string id;
    std::string path;
    std::string base_url;  ///< empty if it only has a list of mirrors
    std::string gpg_key;   ///< URL of the key that signs its packages; may be empty
    std::string excludes;  ///< packages not installed from it, as in the file
    bool is_enabled = false;
};

/// A folder of device nodes that is not open to everybody.
struct DeviceFolder {
    std::string path;
    std::uint32_t mode = 0;  ///< permission bits
    std::uint32_t group_id = 0;
};

/// Contains the variables, files and texts that the doctor's conditions read.
struct Environment {
    std::vector<EnvironmentVariable> variables;  ///< only those that are set
    std::vector<FileState> files;
    std::vector<TextFile> texts;
    Observed<std::vector<KernelFolder>> kernels;
    Observed<std::vector<std::string>> failed_builds;  ///< logs of failed akmods builds
    Observed<std::vector<Repository>> repositories;
    /// What modprobe.d says about drivers of GPUs: "blacklist nvidia".
    Observed<std::vector<SettingLine>> module_settings;
    /// Rules of udev that take NVIDIA's cards off the bus or away from their driver.
    Observed<std::vector<SettingLine>> removal_rules;
    /// Firmware files for the loaded driver; absent if none is loaded or nothing is known.
    Observed<std::vector<std::string>> nvidia_firmware;
    Observed<std::vector<std::uint32_t>> gcc_versions;  ///< major versions of the C++ compilers
    Observed<std::string> c_library_version;            ///< GNU C library: "2.41"
    Observed<std::vector<std::string>> rocblas_files;
    Observed<std::vector<std::string>> hipblaslt_files;
    std::vector<DeviceFolder> closed_device_folders;  ///< among the folders known to cause problems
    /// Device nodes of GPUs that this process can open only as a member of their group.
    Observed<std::vector<std::string>> group_nodes;
    Observed<std::vector<std::string>> swaps;           ///< devices and files
    Observed<std::uint64_t> shared_memory_bytes;        ///< the size of /dev/shm
    Observed<std::uint64_t> locked_memory_limit_bytes;  ///< absent if there is no limit
    Observed<std::uint64_t> free_cache_bytes;           ///< on the file system of ~/.cache
    Observed<std::vector<std::uint32_t>> groups;        ///< group IDs of this process
    /// Libraries of CUDA, cuDNN and NCCL in LD_LIBRARY_PATH: the loader prefers them to those of a
    /// wheel.
    std::vector<LibraryFile> preferred_libraries;
    Observed<std::vector<std::string>> docker_runtimes;  ///< in Docker's settings
    /// The PCI addresses of NVSwitch chips; absent without NVIDIA's driver.
    Observed<std::vector<std::string>> nvswitches;
    Observed<std::uint32_t> uvm_major;  ///< the device number of /dev/nvidia-uvm
    std::vector<UnreadPath> unread;     ///< of all lists
    /// Whether NVIDIA's module for the running kernel is "open" or "proprietary". Read only if no
    /// such module is loaded and a card works with just one of the two, because the file is large.
    Observed<std::string> nvidia_module_flavor;
};

}  // namespace trilby
