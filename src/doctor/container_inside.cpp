// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that keep this container from the GPUs of its host, or from computing well.

#include <algorithm>
#include <array>

#include "base/units.hpp"
#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

Evidence wsl(const Facts& facts) {
    return is_wsl(facts.machine) ? found("/dev/dxg exists") : std::nullopt;
}

Evidence docker_desktop(const Facts& facts) {
    const auto& release = facts.machine.os.kernel_release;
    return is_in_closed_container(facts.machine) && release && release->ends_with("-linuxkit")
               ? found(quote(release))
               : std::nullopt;
}

bool has_render_node(const Machine& machine) {
    return std::ranges::any_of(machine.drm_nodes.value_or({}), [](const DrmNode& node) {
        return is_render_node(node) && node.node.presence() != Presence::absent;
    });
}

/// The first GPU that can compute on the host. Every container sees its driver in /sys.
const PciDevice* computing_device(const Machine& machine) {
    const bool has_kfd = machine.kfd_nodes && !machine.kfd_nodes->empty();
    for (const PciDevice* device : devices_of(machine, pci_vendor::nvidia)) {
        if (device->driver.value_or("") == "nvidia") {
            return device;
        }
    }
    for (const PciDevice* device : devices_of(machine, pci_vendor::amd)) {
        if (has_kfd && device->driver.value_or("") == "amdgpu") {
            return device;
        }
    }
    return nullptr;
}

Evidence no_device_nodes(const Facts& facts) {
    const Machine& machine = facts.machine;
    const bool has_none =
        machine.device_nodes && machine.device_nodes->empty() && !has_render_node(machine);
    const PciDevice* device = computing_device(machine);
    return has_none && device != nullptr && is_in_closed_container(facts.machine)
               ? Evidence({fmt::format("the host has {}, with the driver {}", describe(*device),
                                       *device->driver),
                           fmt::format("{} has no device node for computing",
                                       machine.device_nodes.source())})
               : std::nullopt;
}

/// Many containers on hosts with GPUs use only the CPU.
Severity severity_of_no_nodes(const Facts& facts) {
    const PciDevice* device = computing_device(facts.machine);
    return device != nullptr && is_meant_to_compute(facts, device->vendor_id.value_or(0))
               ? Severity::blocks
               : Severity::hint;
}

/// Found only if all GPUs are hidden. If only some are, that is usually intended.
Evidence hidden_kfd_nodes(const Facts& facts) {
    const auto& nodes = facts.machine.kfd_nodes;
    const bool has_kfd = device_node(facts.machine, "/dev/kfd") != nullptr;
    return has_kfd && hides_every_kfd_node(facts.machine)
               ? Evidence({"/dev/kfd exists", fmt::format("{}: none of the {} GPUs can be read",
                                                          nodes.source(), nodes->size())})
               : std::nullopt;
}

/// The mode allows everybody to open the node, but this process may not, or may not even see it.
bool is_closed_in_spite_of_mode(const DeviceNode& node) {
    return node.mode.presence() == Presence::denied ||
           (is_open_to_everybody(node) && !node.may_open.value_or(true));
}

std::string describe_refused(const DeviceNode& node) {
    return node.mode ? fmt::format("{} has mode {:04o} and may not be opened",
                                   printable(node.path, 256), *node.mode)
                     : fmt::format("access to {} is denied", printable(node.path, 256));
}

/// Nodes for computing that this process may not open although their mode allows it.
std::vector<DeviceNode> refused_nodes(const Machine& machine) {
    std::vector<DeviceNode> nodes = machine.device_nodes.value_or({});
    std::erase_if(nodes, [](const DeviceNode& node) { return !is_compute_node(node); });
    for (const DrmNode& node : machine.drm_nodes.value_or({})) {
        if (is_render_node(node) && node.node) {
            nodes.push_back(*node.node);
        }
    }
    std::erase_if(nodes, [](const DeviceNode& node) { return !is_closed_in_spite_of_mode(node); });
    return nodes;
}

Evidence refused_by_selinux(const Facts& facts) {
    const auto label = facts.text(watched::texts.selinux_label);
    const auto refused = refused_nodes(facts.machine);
    return is_confined_container(facts) && !refused.empty()
               ? Evidence({describe_refused(refused.front()), quote(label)})
               : std::nullopt;
}

/// Neither the mode nor SELinux denies it, so the container's device control group does.
Evidence refused_by_control_group(const Facts& facts) {
    const auto label = facts.text(watched::texts.selinux_label);
    const bool may_be_selinux = label ? is_confined_container(facts)
                                      : facts.machine.kernel.selinux.value_or("") == "enforcing";
    if (may_be_selinux || !is_in_closed_container(facts.machine)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const DeviceNode& node : refused_nodes(facts.machine)) {
        lines.push_back(describe_refused(node));
    }
    return found_if_any(std::move(lines));
}

Severity severity_of_refusal(const Facts& facts) {
    const bool is_of_nvidia = std::ranges::any_of(
        refused_nodes(facts.machine),
        [](const DeviceNode& node) { return node.path.starts_with("/dev/nvidia"); });
    return is_of_nvidia ? nvidia_severity(facts) : amd_card_severity(facts);
}

bool lists(std::string_view capabilities, std::string_view name) {
    const std::string list = fmt::format(",{},", capabilities);
    return list.find(",all,") != std::string::npos ||
           list.find(fmt::format(",{},", name)) != std::string::npos;
}

/// The toolkit mounts only the parts of the driver that the variable lists.
Evidence missing_capability(const Facts& facts) {
    const auto listed = facts.variable(watched::variables.nvidia_driver_capabilities);
    const bool has_card = device_node(facts.machine, "/dev/nvidiactl") != nullptr;
    if (listed.value_or("").empty() || !has_card || !is_in_closed_container(facts.machine)) {
        return std::nullopt;
    }
    if (!lists(*listed, "compute") && is_library_missing(facts.machine, "libcuda.so.1")) {
        return Evidence({quote(listed), "none of the loader's folders has libcuda.so.1"});
    }
    return !lists(*listed, "utility") && facts.lacks_file(watched::files.nvidia_smi)
               ? Evidence({quote(listed), "/usr/bin/nvidia-smi does not exist"})
               : std::nullopt;
}

Severity severity_of_capability(const Facts& facts) {
    return is_library_missing(facts.machine, "libcuda.so.1") ? Severity::blocks : Severity::hint;
}

Evidence lxc_without_uvm(const Facts& facts) {
    const Machine& machine = facts.machine;
    if (!is_in_lxc(machine) || !is_node_missing(machine, "/dev/nvidia-uvm")) {
        return std::nullopt;
    }
    const auto card = std::ranges::find_if(*machine.device_nodes, is_nvidia_card_node);
    return card == machine.device_nodes->end()
               ? std::nullopt
               : found(fmt::format("{} exists, but /dev/nvidia-uvm does not",
                                   printable(card->path, 256)));
}

std::vector<std::string> cuda_library_lines(const Facts& facts) {
    const auto& version = loaded_driver(facts.machine, "nvidia")->version;
    return {version ? quote(version) : std::string("the driver nvidia is loaded"),
            "/dev/nvidiactl exists, but none of the loader's folders has libcuda.so.1"};
}

Evidence toolbx_without_libraries(const Facts& facts) {
    return is_in_toolbx(facts.machine) && lacks_cuda_library(facts.machine)
               ? Evidence(cuda_library_lines(facts))
               : std::nullopt;
}

Evidence distrobox_without_libraries(const Facts& facts) {
    return is_in_distrobox(facts.machine) && lacks_cuda_library(facts.machine)
               ? Evidence(cuda_library_lines(facts))
               : std::nullopt;
}

Evidence other_library_version(const Facts& facts) {
    const Machine& machine = facts.machine;
    const KernelDriver* driver = loaded_driver(machine, "nvidia");
    const bool is_known = driver != nullptr && driver->version && is_in_container(machine);
    // A newer libcuda.so.1 may be intended: NVIDIA's compatibility package has one. It has
    // no management library.
    const bool is_hit = is_known && is_of_other_driver(machine, "libcuda.so.1", *driver->version) &&
                        is_of_other_driver(machine, "libnvidia-ml.so.1", *driver->version);
    if (!is_hit) {
        return std::nullopt;
    }
    const LibraryFile* installed = library(machine, "libcuda.so.1");
    return Evidence(
        {quote(driver->version), fmt::format("{} has release {}", printable(installed->path, 256),
                                             printable(*installed->version, 64))});
}

Evidence small_shared_memory(const Facts& facts) {
    constexpr std::uint64_t usual_bytes = 64ULL << 20;
    const auto& size = facts.machine.environment.shared_memory_bytes;
    return size && *size <= usual_bytes && is_in_closed_container(facts.machine)
               ? found(fmt::format("{}: {}", size.source(), format_bytes(*size)))
               : std::nullopt;
}

Evidence small_locked_memory(const Facts& facts) {
    constexpr std::uint64_t least_bytes = 64ULL << 20;
    const auto& limit = facts.machine.environment.locked_memory_limit_bytes;
    return limit && *limit < least_bytes && is_in_container(facts.machine) &&
                   facts.has_file(watched::files.infiniband)
               ? Evidence({fmt::format("{}: {}", limit.source(), format_bytes(*limit)),
                           "/dev/infiniband exists"})
               : std::nullopt;
}

/// "python3.14" if the folder is in the site-packages below `prefix`; else empty.
std::string_view python_of(std::string_view folder, std::string_view prefix) {
    const std::size_t at = folder.find(prefix);
    const std::string_view rest =
        at == std::string_view::npos ? std::string_view() : folder.substr(at + prefix.size());
    const std::size_t end = rest.find("/site-packages/");
    return end == std::string_view::npos || !rest.starts_with("python3.") ? std::string_view()
                                                                          : rest.substr(0, end);
}

const LibTorch* libtorch_of_python(const Machine& machine, std::string_view prefix,
                                   std::string_view python) {
    if (!machine.libtorch) {
        return nullptr;
    }
    const auto one = std::ranges::find_if(*machine.libtorch, [&](const LibTorch& libtorch) {
        const std::string_view name = python_of(libtorch.folder, prefix);
        return !name.empty() && (python.empty() || name == python);
    });
    return one == machine.libtorch->end() ? nullptr : &*one;
}

Evidence torch_of_home(const Facts& facts) {
    constexpr std::string_view home = "/.local/lib/";
    constexpr std::string_view system = "/usr/lib64/";
    const LibTorch* own = libtorch_of_python(facts.machine, home, {});
    const bool is_switched_off =
        !facts.variable(watched::variables.pythonnousersite).value_or("").empty();
    if (own == nullptr || is_switched_off ||
        !(is_in_toolbx(facts.machine) || is_in_distrobox(facts.machine))) {
        return std::nullopt;
    }
    const LibTorch* installed =
        libtorch_of_python(facts.machine, system, python_of(own->folder, home));
    return installed != nullptr
               ? found(fmt::format("{} comes before {}", printable(own->folder, 256),
                                   printable(installed->folder, 256)))
               : std::nullopt;
}

constexpr std::array container_inside_table{
    Condition{.id = "TRL-C025", .severity = Severity::hint, .find = wsl},
    Condition{.id = "TRL-C019", .severity = Severity::hint, .find = docker_desktop},
    Condition{.id = "TRL-C013",
              .severity = Severity::blocks,
              .weigh = severity_of_no_nodes,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = no_device_nodes},
    Condition{.id = "TRL-C016", .severity = Severity::blocks, .find = hidden_kfd_nodes},
    Condition{.id = "TRL-C014",
              .severity = Severity::blocks,
              .reads = {watched::texts.selinux_label},
              .find = refused_by_selinux},
    Condition{.id = "TRL-C040",
              .severity = Severity::blocks,
              .weigh = severity_of_refusal,
              .reads = {watched::texts.selinux_label, watched::variables.nvidia_visible_devices},
              .find = refused_by_control_group},
    Condition{.id = "TRL-C043",
              .severity = Severity::blocks,
              .weigh = severity_of_capability,
              .reads = {watched::variables.nvidia_driver_capabilities, watched::files.nvidia_smi},
              .find = missing_capability},
    Condition{.id = "TRL-C044", .severity = Severity::blocks, .find = lxc_without_uvm},
    Condition{.id = "TRL-C011",
              .severity = Severity::blocks,
              .causes = {"TRL-C026"},
              .find = toolbx_without_libraries},
    Condition{.id = "TRL-C012",
              .severity = Severity::blocks,
              .causes = {"TRL-C026"},
              .find = distrobox_without_libraries},
    Condition{.id = "TRL-C010",
              .severity = Severity::blocks,
              .causes = {"TRL-C027"},
              .find = other_library_version},
    Condition{.id = "TRL-C017", .severity = Severity::degrades, .find = small_shared_memory},
    Condition{.id = "TRL-C018",
              .severity = Severity::hint,
              .place = Place::host,
              .reads = {watched::files.infiniband},
              .find = small_locked_memory},
    Condition{.id = "TRL-C023",
              .severity = Severity::hint,
              .reads = {watched::variables.pythonnousersite},
              .find = torch_of_home},
};

}  // namespace

std::span<const Condition> container_inside_conditions() {
    return container_inside_table;
}

}  // namespace trilby::doctor
