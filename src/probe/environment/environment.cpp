// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/environment.hpp"

#include "platform/live_system.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {

Environment read_environment(const FileTree& tree) {
    return {.variables = read_variables(tree),
            .files = read_file_states(tree),
            .texts = read_texts(tree),
            .kernels = read_kernel_folders(tree),
            .failed_builds = read_failed_builds(tree),
            .repositories = read_repositories(tree),
            .module_settings = read_module_settings(tree),
            .removal_rules = read_removal_rules(tree),
            .nvidia_firmware = read_nvidia_firmware(tree),
            .gcc_versions = read_gcc_versions(tree),
            .c_library_version = tree.answer("gnu_get_libc_version", platform::c_library_version),
            .rocblas_files = tree.list("/usr/lib64/rocblas/library"),
            .hipblaslt_files = tree.list("/usr/lib64/hipblaslt/library"),
            .closed_device_folders = read_closed_device_folders(tree),
            .group_nodes = read_group_nodes(tree),
            .swaps = read_swaps(tree),
            .shared_memory_bytes = read_shared_memory(tree),
            .locked_memory_limit_bytes = read_locked_memory_limit(tree),
            .free_cache_bytes = read_free_cache(tree),
            .groups = read_groups(tree),
            .preferred_libraries = read_preferred_libraries(tree),
            .docker_runtimes = read_docker_runtimes(tree),
            .nvswitches = read_nvswitches(tree),
            .uvm_major = read_uvm_major(tree)};
}

}  // namespace trilby::sources
