// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any tree of files is a machine that can be printed and recorded. The recording gives the same
// output.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <span>

#include "base/text.hpp"
#include "made_tree.hpp"
#include "probe/sources.hpp"
#include "recording/redaction.hpp"
#include "report/machine_json.hpp"
#include "report/text.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/probe.hpp>

using namespace trilby;

namespace {

// Inputs refer to paths by number, so append new ones at the end. machine_seeds.py reads this list.
// clang-format off
constexpr std::array<std::string_view, 122> paths{
    "/etc/os-release",
    "/usr/lib/os-release",
    "/proc/sys/kernel/osrelease",
    "/proc/cmdline",
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
    "/sys/kernel/security/lockdown",
    "/sys/fs/selinux/enforce",
    "/sys/kernel/mm/transparent_hugepage/enabled",
    "/sys/module/amdgpu/parameters/gttsize",
    "/sys/module/nvidia_drm/parameters/modeset",
    "/run",
    "/run/.toolbxenv",
    "/run/.containerenv",
    "/.dockerenv",
    "/run/secrets/kubernetes.io",
    "/run/systemd/container",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self/cgroup",
    "/sys/devices/system/cpu/online",
    "/sys/devices/system/cpu/cpu0/topology/core_siblings_list",
    "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
    "/sys/devices/system/cpu/cpu1/topology/thread_siblings_list",
    "/sys/devices/system/cpu/cpu0/cache",
    "/sys/devices/system/cpu/cpu0/cache/index0/level",
    "/sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list",
    "/sys/devices/system/cpu/cpu0/cache/index0/size",
    "/sys/devices/system/cpu/cpu0/cache/index0/type",
    "/sys/devices/system/cpu/cpu0/cache/index3/size",
    "/sys/devices/system/cpu/cpu0/cache/index3/type",
    "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor",
    "/sys/devices/system/node/online",
    "/sys/fs/cgroup",
    "/sys/fs/cgroup/cpu",
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/user.slice/cpu.max",
    "/sys/fs/cgroup/user.slice/memory.max",
    "/sys/fs/cgroup/user.slice/user-1000.slice/memory.max",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/bus/pci/devices",
    "/sys/bus/pci/devices/0000:00:01.1",
    "/sys/bus/pci/devices/0000:01:00.0",
    "/sys/bus/pci/devices/0000:02:00.0",
    "/sys/bus/pci/devices/0000:03:00.0",
    "/sys/bus/pci/devices/0000:01:00.0/vendor",
    "/sys/bus/pci/devices/0000:01:00.0/device",
    "/sys/bus/pci/devices/0000:01:00.0/max_link_speed",
    "/sys/bus/pci/devices/0000:02:00.0/vendor",
    "/sys/bus/pci/devices/0000:02:00.0/device",
    "/sys/bus/pci/devices/0000:03:00.0/class",
    "/sys/bus/pci/devices/0000:03:00.0/vendor",
    "/sys/bus/pci/devices/0000:03:00.0/device",
    "/sys/bus/pci/devices/0000:03:00.0/subsystem_vendor",
    "/sys/bus/pci/devices/0000:03:00.0/driver",
    "/sys/bus/pci/devices/0000:03:00.0/iommu_group",
    "/sys/bus/pci/devices/0000:03:00.0/physfn",
    "/sys/bus/pci/devices/0000:03:00.0/numa_node",
    "/sys/bus/pci/devices/0000:03:00.0/resource",
    "/sys/bus/pci/devices/0000:03:00.0/resource0_resize",
    "/sys/bus/pci/devices/0000:03:00.0/resource2_resize",
    "/sys/bus/pci/devices/0000:03:00.0/current_link_speed",
    "/sys/bus/pci/devices/0000:03:00.0/current_link_width",
    "/sys/bus/pci/devices/0000:03:00.0/power_state",
    "/sys/bus/pci/devices/0000:03:00.0/power/runtime_status",
    "/sys/bus/pci/devices/0000:03:00.0/sriov_numvfs",
    "/sys/bus/pci/devices/0000:1b:00.0/class",
    "/sys/bus/pci/devices/0000:1b:00.0/vendor",
    "/sys/bus/pci/devices/0000:1b:00.0/device",
    "/sys/bus/pci/devices/0000:1b:00.0/power_state",
    "/sys/bus/pci/devices/0000:1b:00.0/current_link_speed",
    "/sys/bus/pci/devices/0000:1b:00.0/driver",
    "/usr/share/hwdata/pci.ids",
    "/usr/share/misc/pci.ids",
    "/sys/class/drm",
    "/sys/class/drm/card1",
    "/sys/class/drm/renderD128",
    "/dev",
    "/dev/dri/card1",
    "/dev/dri/renderD128",
    "/dev/kfd",
    "/dev/nvidia0",
    "/dev/accel",
    "/dev/accel/accel0",
    "/sys/class/kfd/kfd/topology/nodes",
    "/sys/class/kfd/kfd/topology/nodes/0/properties",
    "/sys/class/kfd/kfd/topology/nodes/1",
    "/sys/class/kfd/kfd/topology/nodes/1/properties",
    "/sys/class/kfd/kfd/topology/nodes/1/mem_banks",
    "/sys/class/kfd/kfd/topology/nodes/1/mem_banks/0/properties",
    "/sys/class/kfd/kfd/topology/nodes/1/io_links/0/properties",
    "/sys/class/kfd/kfd/topology/nodes/1/p2p_links/0/properties",
    "/sys/class/kfd/kfd/topology/nodes/2/properties",
    "/sys/class/kfd/kfd/topology/nodes/2/mem_banks/0/properties",
    "/proc/driver/nvidia/version",
    "/proc/driver/nvidia/gpus/0000:1b:00.0/information",
    "/proc/driver/nvidia/capabilities/gpu2/mig/gi1",
    "/proc/driver/nvidia/capabilities/gpu2/mig/gi1/ci0/access",
    "/proc/driver/nvidia/capabilities/gpu2/mig/gi2/ci0/access",
    "/sys/module",
    "/sys/module/nvidia/version",
    "/sys/module/amdgpu/version",
    "/proc/sys/kernel/hostname",
    "/etc/passwd",
    "/trilby-recording.json",
    "/sys/class/kfd/kfd/topology/nodes/1/io_links",
    "/sys/bus/pci/devices/0000:03:00.0/mem_info_vram_total",
    "/sys/bus/pci/devices/0000:03:00.0/current_compute_partition",
    "/etc/cdi",
    "/etc/cdi/nvidia.yaml",
    "/run/cdi/amd.json",
    "/etc/ld.so.conf.d/cuda.conf",
    "/usr/lib64",
    "/usr/lib64/libcuda.so.1",
    "/usr/lib64/libblas.so.3",
    "/usr/lib64/libtorch_cpu.so",
    "/opt/libtorch/lib/libtorch_cpu.so",
    "/opt/libtorch/lib/libtorch_cuda.so",
    "/opt/libtorch/version.py",
    "/opt/libtorch/include/ATen/Config.h",
};
// clang-format on

enum Kind : std::uint8_t { file, long_file, huge_file, closed_file, link, folder, fifo, kinds };

/// Splits the input at 0xff, which never occurs in UTF-8. An entry is a path's number, its kind and
/// its content.
std::vector<std::string_view> entries_of(std::string_view input) {
    std::vector<std::string_view> entries;
    while (!input.empty()) {
        const std::string_view entry = input.substr(0, input.find('\xff'));
        input.remove_prefix(std::min(entry.size() + 1, input.size()));
        if (entry.size() >= 2) {
            entries.push_back(entry);
        }
    }
    return entries;
}

/// Repeats the content until it is longer than the limit for a device's file.
std::string repeated(std::string_view content) {
    constexpr std::size_t size_bytes = 5000;
    std::string out(content);
    while (!content.empty() && out.size() < size_bytes) {
        out += content;
    }
    return out;
}

/// The probe reads up to a megabyte of other files, which would take too long.
bool may_be_huge(std::string_view path) {
    return path.starts_with("/sys/bus/pci/") || path.ends_with("pci.ids");
}

void add_entry(MadeTree& tree, std::string_view entry) {
    constexpr mode_t open = 0600;
    constexpr mode_t closed = 0;  // has no effect for root
    constexpr off_t huge_bytes = off_t{1} << 40;
    const std::string_view path = paths[static_cast<std::uint8_t>(entry[0]) % paths.size()];
    const std::string_view content = entry.substr(2);
    switch (static_cast<std::uint8_t>(entry[1]) % kinds) {
        case file:
            return tree.file(path, content, open);
        case long_file:
            return tree.file(path, repeated(content), open);
        case huge_file:
            return tree.file(path, content, open, may_be_huge(path) ? huge_bytes : 0);
        case closed_file:
            return tree.file(path, content, closed);
        case link:
            return tree.link(path, std::string(content));
        case folder:
            return tree.folder(path, content.empty() ? S_IRWXU : (content[0] & 7U) << 6);
        default:
            return tree.fifo(path);
    }
}

/// Detects whether a recording may differ from the machine: personal data are replaced, and names
/// that JSON cannot hold are left out.
class Watcher : public platform::TreeRecorder {
  public:
    [[nodiscard]] bool may_differ() const { return may_differ_; }

    void note_content(std::string_view, std::string_view content) override { look_at(content); }
    void note_names(std::string_view, const std::vector<std::string>&) override {}
    void note_link(std::string_view, std::string_view target) override { look_at(target); }
    void note_status(std::string_view path, const platform::FileStatus&) override { note(path); }
    void note_answer(std::string_view, std::string_view text) override { note(text); }
    void note_missing(std::string_view path, Presence) override { note(path); }

  private:
    void look_at(std::string_view text) {
        may_differ_ |= recording::Redaction({}).words(text) != text;
    }
    void note(std::string_view name) {
        look_at(name);
        may_differ_ |= printable(name, name.size()) != name;
    }
    bool may_differ_ = false;
};

bool has_personal_names(const platform::FileTree& tree) {
    return tree.presence("/proc/sys/kernel/hostname") == Presence::present ||
           tree.presence("/etc/passwd") == Presence::present;
}

std::string document_of(const Machine& machine) {
    return json::pretty(report::to_json(machine));
}

void fail(std::string_view why, std::string_view first, std::string_view second) {
    const auto [a, b] = std::ranges::mismatch(first, second);
    constexpr std::size_t before = 200;
    constexpr std::size_t excerpt = 400;
    const auto at = static_cast<std::size_t>(a - first.begin());
    const std::size_t from = at - std::min(at, before);
    fmt::print(stderr, "{}\n--- first\n{}\n--- second\n{}\n", why, first.substr(from, excerpt),
               second.substr(std::min(from, second.size()), excerpt));
    std::abort();
}

void check_machine(const std::filesystem::path& root, const std::filesystem::path& copy) {
    Watcher watcher;
    const platform::FileTree tree(root, &watcher);
    const Machine machine = sources::read_machine(tree, std::nullopt);
    static_cast<void>(report::to_text(machine, {.columns = 40, .has_color = true}));
    static_cast<void>(report::sources_text(machine));
    const std::string said = document_of(machine);
    const bool may_differ = watcher.may_differ() || has_personal_names(platform::FileTree(root));
    if (const auto captured = capture(copy, {.root = root}); !captured) {
        if (tree.is_damaged()) {
            return;
        }
        fail("the machine cannot be recorded", captured.error().message, {});
    }
    const std::string again = document_of(probe({.root = copy}));
    if (!may_differ && again != said) {
        fail("the recording gives another output", said, again);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const testing::TemporaryFolder folder;
    MadeTree tree(folder / "tree");
    const MadeTree copy(folder / "copy");
    for (const auto entry : entries_of({reinterpret_cast<const char*>(data), size})) {
        add_entry(tree, entry);
    }
    tree.close_folders();
    check_machine(folder / "tree", folder / "copy");
    return 0;
}
