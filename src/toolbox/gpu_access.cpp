// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/gpu_access.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

#include "base/text.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/software.hpp"

namespace trilby::toolbox {
namespace {

/// The nodes that the vendor's runtime opens.
std::vector<DeviceNode> nodes_of(const Machine& machine, Gpu gpu) {
    std::vector<DeviceNode> nodes = machine.device_nodes.value_or({});
    const std::string_view prefix = gpu == Gpu::nvidia ? "/dev/nvidia" : "/dev/kfd";
    std::erase_if(nodes, [&](const DeviceNode& node) { return !node.path.starts_with(prefix); });
    if (gpu == Gpu::amd) {
        for (const DrmNode& drm : machine.drm_nodes.value_or({})) {
            if (is_render_node(drm) && drm.node) {
                nodes.push_back(*drm.node);
            }
        }
    }
    return nodes;
}

std::string node_text(const std::vector<DeviceNode>& nodes) {
    if (nodes.empty()) {
        return "none on this host: the container cannot reach the GPU";
    }
    std::vector<std::string> texts;
    for (const DeviceNode& node : nodes) {
        texts.push_back(printable(node.path, 128) +
                        (node.may_open.value_or(true) ? "" : " (no permission)"));
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string group_text(const std::vector<DeviceNode>& nodes, const ContainerPlan& plan,
                       ContainerToolKind tool) {
    if (std::ranges::all_of(nodes, is_open_to_everybody)) {
        return "not needed: everybody can open the nodes";
    }
    if (plan.is_for_root) {
        return "not needed: root can open the nodes";
    }
    return tool == ContainerToolKind::podman && plan.gpu == Gpu::amd
               ? "kept by --group-add keep-groups"
               : "lost inside: nodes that require a group cannot be opened";
}

std::string driver_text(const Machine& machine, Gpu gpu) {
    const std::string_view name = gpu == Gpu::nvidia ? "nvidia" : "amdgpu";
    const KernelDriver* driver = loaded_driver(machine, name);
    if (driver == nullptr) {
        return fmt::format("{} is not loaded", name);
    }
    if (gpu == Gpu::amd) {
        return "amdgpu of this kernel; the image contains ROCm's libraries";
    }
    const LibraryFile* cuda = library(machine, "libcuda.so.1");
    return fmt::format(
        "nvidia {}, {}", printable(driver->version.value_or("of unknown version"), 64),
        cuda == nullptr ? "but no libcuda.so.1 to mount"
                        : fmt::format("libcuda.so.1 of {}",
                                      printable(cuda->version.value_or("unknown version"), 64)));
}

std::string cdi_text(const Machine& machine, ContainerToolKind tool) {
    if (tool == ContainerToolKind::toolbox) {
        return "Toolbx 0.1 and later write a specification of their own when a container starts";
    }
    if (tool == ContainerToolKind::distrobox) {
        return "not used: Distrobox mounts the driver's files itself (--nvidia)";
    }
    const auto specifications = nvidia_specifications(machine);
    return specifications.empty()
               ? "no specification of nvidia.com/gpu in /etc/cdi or /run/cdi: the container will "
                 "not start"
               : printable(specifications.front()->path, 256);
}

std::string selinux_text(const Machine& machine) {
    return machine.kernel.selinux.value_or("") == "enforcing"
               ? "enforcing; the container runs without SELinux labels"
               : "not enforcing";
}

}  // namespace

std::vector<GpuAccess> gpu_access(const Machine& machine, const ContainerPlan& plan,
                                  ContainerToolKind tool) {
    if (plan.gpu == Gpu::none) {
        return {};
    }
    const auto nodes = nodes_of(machine, plan.gpu);
    std::vector<GpuAccess> access{{"nodes", node_text(nodes)}};
    if (!nodes.empty()) {
        access.push_back({"groups", group_text(nodes, plan, tool)});
    }
    access.push_back({"driver", driver_text(machine, plan.gpu)});
    if (plan.gpu == Gpu::nvidia) {
        access.push_back({"CDI", cdi_text(machine, tool)});
    }
    access.push_back({"SELinux", selinux_text(machine)});
    return access;
}

std::vector<Finding> findings_inside(const Diagnosis& of_host) {
    std::vector<Finding> inside;
    std::ranges::copy_if(of_host.findings, std::back_inserter(inside), [](const Finding& finding) {
        return finding.place == Place::host && finding.severity != Severity::hint &&
               (finding.family == "nvidia" || finding.family == "amd" ||
                finding.family == "container");
    });
    return inside;
}

}  // namespace trilby::toolbox
