// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/environment.hpp"

#include "platform/live_system.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

/// The data files of the distribution's rocBLAS, or else of AMD's packages.
Observed<std::vector<std::string>> read_rocblas_files(const FileTree& tree) {
    auto files = tree.list("/usr/lib64/rocblas/library");
    auto of_amd = tree.list("/opt/rocm/lib/rocblas/library");
    return files.presence() == Presence::absent && of_amd.presence() != Presence::absent ? of_amd
                                                                                         : files;
}

}  // namespace

Environment read_environment(const FileTree& tree, UnreadPaths& unread) {
    using Text = Observed<std::string>;
    return {.variables = read_variables(tree),
            .files = read_file_states(tree),
            .texts = read_texts(tree),
            .kernels = read_kernel_folders(tree, unread),
            .failed_builds = read_failed_builds(tree, unread),
            .repositories = read_repositories(tree, unread),
            .module_settings = read_module_settings(tree, unread),
            .removal_rules = read_removal_rules(tree, unread),
            .nvidia_firmware = read_nvidia_firmware(tree),
            .gcc_versions = read_gcc_versions(tree, unread),
            .c_library_version = tree.answer("gnu_get_libc_version", platform::c_library_version),
            .rocblas_files = read_rocblas_files(tree),
            .hipblaslt_files = tree.list("/usr/lib64/hipblaslt/library"),
            .closed_device_folders = read_closed_device_folders(tree),
            .group_nodes = read_group_nodes(tree),
            .swaps = read_swaps(tree),
            .shared_memory_bytes = read_shared_memory(tree),
            .locked_memory_limit_bytes = read_locked_memory_limit(tree),
            .free_cache_bytes = read_free_cache(tree),
            .groups = read_groups(tree),
            .preferred_libraries = read_preferred_libraries(tree, unread),
            .docker_runtimes = read_docker_runtimes(tree),
            .nvswitches = read_nvswitches(tree, unread),
            .uvm_major = read_uvm_major(tree),
            .unread = {},
            .nvidia_module_flavor = Text::missing(Presence::absent, "/lib/modules")};
}

}  // namespace trilby::sources
