// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/surroundings.hpp"

#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "base/text.hpp"
#include "platform/environment.hpp"
#include "platform/live_system.hpp"
#include "probe/environment/package_sources.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Names = Observed<std::vector<std::string>>;
using Bytes = Observed<std::uint64_t>;

constexpr std::array variables{"CUDA_VISIBLE_DEVICES",
                               "NVIDIA_VISIBLE_DEVICES",
                               "HIP_VISIBLE_DEVICES",
                               "ROCR_VISIBLE_DEVICES",
                               "GPU_DEVICE_ORDINAL",
                               "HSA_OVERRIDE_GFX_VERSION",
                               "LD_LIBRARY_PATH",
                               "LD_PRELOAD",
                               "PYTHONPATH",
                               "PYTHONNOUSERSITE",
                               "OMP_NUM_THREADS",
                               "OPENBLAS_NUM_THREADS",
                               "MKL_NUM_THREADS",
                               "FLEXIBLAS",
                               "TORCH_BLAS_PREFER_HIPBLASLT",
                               "LOADEDMODULES",
                               "ROCM_LIB",
                               "ROCM_PATH",
                               "NCCL_P2P_DISABLE",
                               "MIOPEN_USER_DB_PATH",
                               "ROCBLAS_TENSILE_LIBPATH",
                               "HIPBLASLT_TENSILE_LIBPATH"};

constexpr std::array telling_files{"/run/ostree-booted",
                                   "/run/.containerenv",
                                   "/usr/bin/nvidia-smi",
                                   "/usr/bin/nvidia-modprobe",
                                   "/usr/bin/nvidia-ctk",
                                   "/usr/bin/podman",
                                   "/usr/bin/toolbox",
                                   "/usr/bin/distrobox-host-exec",
                                   "/usr/bin/cmake",
                                   "/usr/bin/rocminfo",
                                   "/usr/local/cuda/bin/nvcc",
                                   "/usr/src/akmods/nvidia-kmod.latest",
                                   "/usr/src/akmods/nvidia-580xx-kmod.latest",
                                   "/usr/lib/firmware/amdgpu",
                                   "/lib/firmware/amdgpu",
                                   "/etc/pki/akmods/certs/public_key.der",
                                   "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json",
                                   "/usr/lib/distrobox-nvidia",
                                   "/etc/ld.so.conf.d/toolbx-nvidia.conf",
                                   "/sys/fs/selinux/booleans/container_use_devices",
                                   "/sys/module/nvidia_uvm",
                                   "/sys/module/nvidia_peermem",
                                   "/sys/module/nova_core",
                                   "/sys/module/nouveau",
                                   "/sys/class/kfd",
                                   "/dev/dri",
                                   "/dev/kfd",
                                   "/dev/dxg",
                                   "/dev/shm",
                                   "/dev/infiniband",
                                   "/dev/nvidia0",
                                   "/usr/lib64/libcuda.so.1",
                                   "/usr/lib/systemd/system/nvidia-resume.service",
                                   "/usr/lib64/cmake/rocblas",
                                   "/usr/lib64/amdgcn/bitcode",
                                   "/usr/share/libdrm/amdgpu.ids",
                                   "/opt/amdgpu/share/libdrm/amdgpu.ids",
                                   "/opt/rocm",
                                   "/usr/lib/wsl/lib"};

constexpr std::array telling_texts{"/proc/driver/nvidia/params",
                                   "/proc/driver/nvidia/version",
                                   "/proc/self/attr/current",
                                   "/proc/loadavg",
                                   "/sys/power/suspend_stats/success",
                                   "/sys/fs/selinux/booleans/container_use_devices",
                                   "/sys/module/firmware_class/parameters/path",
                                   "/sys/class/dmi/id/sys_vendor",
                                   "/sys/class/dmi/id/product_name",
                                   "/usr/local/cuda/version.json",
                                   "/sys/devices/system/cpu/smt/active",
                                   "/etc/ld.so.conf.d/toolbx-nvidia.conf",
                                   "/proc/device-tree/compatible",
                                   "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver",
                                   "/sys/firmware/acpi/platform_profile"};

/// A variable that is set to nothing hides every GPU, so that it counts.
std::map<std::string, Observed<std::string>, std::less<>> read_environment(const FileTree& tree) {
    std::map<std::string, Observed<std::string>, std::less<>> found;
    for (const char* name : variables) {
        const auto value = tree.answer(fmt::format("{}{}", environment_answer, name),
                                       [&] { return platform::set_variable(name); });
        if (value.presence() != Presence::absent) {
            found.emplace(name, value);
        }
    }
    return found;
}

/// Of a recorded machine, a folder that nobody looked into says nothing about its files.
Observed<bool> read_file(const FileTree& tree, const std::string& path) {
    const auto status = tree.status(path);
    if (status || status.is_unreadable()) {
        return Observed<bool>::present(true, path);
    }
    const bool is_folder_known = tree.exists(std::filesystem::path(path).parent_path().native());
    return is_folder_known ? Observed<bool>::present(false, path)
                           : Observed<bool>::missing(Presence::absent, path);
}

Bytes read_amount(const FileTree& tree, std::string_view name,
                  const std::function<std::optional<std::uint64_t>()>& ask) {
    return tree
        .answer(name,
                [&] {
                    const auto bytes = ask();
                    return bytes ? std::optional(fmt::format("{}", *bytes)) : std::nullopt;
                })
        .parse([](const std::string& text) { return parse_number<std::uint64_t>(text); });
}

Names read_swaps(const FileTree& tree) {
    return tree.read("/proc/swaps").parse([](const std::string& text) {
        std::vector<std::string> devices;
        for (const std::string_view line : split_lines(text)) {
            const auto words = split_words(line);
            if (!words.empty() && words.front().starts_with('/')) {
                devices.emplace_back(words.front());
            }
        }
        return std::optional(devices);
    });
}

/// Only folders with known names: others bear the names of people's volumes.
std::vector<DeviceFolder> read_closed_device_folders(const FileTree& tree) {
    constexpr std::array known{"/dev/vboxusb"};
    constexpr std::uint32_t permission_bits = 07777;
    constexpr std::uint32_t open_to_everybody = 05;
    std::vector<DeviceFolder> folders;
    for (const char* path : known) {
        const auto status = tree.status(path);
        if (status && S_ISDIR(status->mode) &&
            (status->mode & open_to_everybody) != open_to_everybody) {
            folders.push_back({path, status->mode & permission_bits, status->group});
        }
    }
    return folders;
}

/// Those that programs open to compute.
std::vector<std::string> computing_nodes(const FileTree& tree) {
    std::vector<std::string> paths;
    for (const DeviceNode& node : read_device_nodes(tree).value_or({})) {
        paths.push_back(node.path);
    }
    for (const std::string& name : tree.list("/dev/dri").value_or({})) {
        if (name.starts_with("renderD")) {
            paths.push_back("/dev/dri/" + name);
        }
    }
    return paths;
}

Names read_group_nodes(const FileTree& tree) {
    const auto ask = [&] {
        auto paths = computing_nodes(tree);
        std::erase_if(
            paths, [](const std::string& path) { return !platform::is_open_by_group_alone(path); });
        return std::optional(fmt::format("{}", fmt::join(paths, " ")));
    };
    return tree.answer("nodes that a group opens", ask).parse([](const std::string& text) {
        const auto words = split_words(text);
        return std::optional(std::vector<std::string>(words.begin(), words.end()));
    });
}

Observed<std::vector<std::uint32_t>> read_groups(const FileTree& tree) {
    using Groups = std::vector<std::uint32_t>;
    return tree
        .answer("getgroups",
                [] { return std::optional(fmt::format("{}", fmt::join(platform::groups(), " "))); })
        .parse([](const std::string& text) -> std::optional<Groups> {
            Groups groups;
            for (const std::string_view word : split_words(text)) {
                const auto group = parse_number<std::uint32_t>(word);
                if (!group) {
                    return std::nullopt;
                }
                groups.push_back(*group);
            }
            return groups;
        });
}

}  // namespace

Surroundings read_surroundings(const FileTree& tree) {
    Surroundings around;
    around.environment = read_environment(tree);
    for (const char* path : telling_files) {
        around.files[path] = read_file(tree, path);
    }
    for (const char* path : telling_texts) {
        around.texts[path] = tree.read_trimmed(path);
    }
    around.kernels = read_kernel_folders(tree);
    around.failed_builds = read_failed_builds(tree);
    around.repositories = read_repositories(tree);
    around.nvidia_firmware = read_nvidia_firmware(tree);
    around.gcc_versions = read_gcc_versions(tree);
    around.c_library_version = tree.answer("gnu_get_libc_version", platform::c_library_version);
    around.rocblas_files = tree.list("/usr/lib64/rocblas/library");
    around.hipblaslt_files = tree.list("/usr/lib64/hipblaslt/library");
    around.closed_device_folders = read_closed_device_folders(tree);
    around.swaps = read_swaps(tree);
    around.shared_memory_bytes =
        read_amount(tree, "statvfs /dev/shm", [] { return platform::total_bytes("/dev/shm"); });
    around.locked_memory_limit_bytes =
        read_amount(tree, "RLIMIT_MEMLOCK", platform::locked_memory_limit_bytes);
    around.free_cache_bytes = read_amount(tree, "statvfs of the user's cache", [] {
        return platform::free_bytes(platform::xdg_cache_home());
    });
    around.group_nodes = read_group_nodes(tree);
    around.groups = read_groups(tree);
    return around;
}

}  // namespace trilby::sources

namespace trilby {
namespace {

template <class T, class Map>
Observed<T> found_in(const Map& values, std::string_view key) {
    const auto found = values.find(key);
    return found != values.end() ? found->second
                                 : Observed<T>::missing(Presence::absent, std::string(key));
}

}  // namespace

Observed<std::string> Surroundings::variable(std::string_view name) const {
    return found_in<std::string>(environment, name);
}

Observed<bool> Surroundings::file(std::string_view path) const {
    return found_in<bool>(files, path);
}

Observed<std::string> Surroundings::text(std::string_view path) const {
    return found_in<std::string>(texts, path);
}

}  // namespace trilby
