// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Differences between a container and its host, as far as the container shows its host.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/find.hpp"
#include "machine/nvidia.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

/// The host, if it shares its device nodes and libraries (Toolbx, Distrobox); else null.
const Host* open_host(const Facts& facts) {
    const bool is_open = is_in_toolbx(facts.machine) || is_in_distrobox(facts.machine);
    return is_open && facts.machine.host ? &*facts.machine.host : nullptr;
}

const LibraryFile* library_of(const Host& host, std::string_view name) {
    return find_named(host.libraries, name, &LibraryFile::name);
}

Evidence host_without_cuda(const Facts& facts) {
    const Host* host = open_host(facts);
    // It is not known where other systems keep libraries.
    const bool is_known = host != nullptr && host->libraries &&
                          facts.host_system.value_or(System::other) != System::other;
    if (!is_known || !lacks_cuda_library(facts.machine) ||
        library_of(*host, "libcuda.so.1") != nullptr) {
        return std::nullopt;
    }
    return found(
        "/dev/nvidiactl exists, but none of the host loader's folders in /run/host has "
        "libcuda.so.1");
}

Evidence host_not_restarted(const Facts& facts) {
    const Host* host = open_host(facts);
    const Observed<std::string>* running = loaded_nvidia_version(facts.machine);
    if (host == nullptr || running == nullptr || !host->libraries ||
        !is_of_other_driver(*host->libraries, "libcuda.so.1", **running) ||
        !is_of_other_driver(*host->libraries, "libnvidia-ml.so.1", **running)) {
        return std::nullopt;
    }
    const LibraryFile* updated = library_of(*host, "libcuda.so.1");
    return Evidence({quote(*running),
                     fmt::format("on the host, {} has release {}", printable(updated->path, 256),
                                 printable(*updated->version, 64))});
}

/// A container that already has the old libraries keeps working until it stops.
Severity severity_of_update(const Facts& facts) {
    const Observed<std::string>* running = loaded_nvidia_version(facts.machine);
    const bool works = running != nullptr && library(facts.machine, "libcuda.so.1") != nullptr &&
                       !is_of_other_driver(facts.machine, "libcuda.so.1", **running);
    return works ? Severity::degrades : Severity::blocks;
}

Evidence nodes_not_shared(const Facts& facts) {
    const Host* host = open_host(facts);
    if (host == nullptr || !facts.machine.device_nodes) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const DeviceNode& node : host->device_nodes.value_or({})) {
        if (is_compute_node(node) && is_node_missing(facts.machine, node.path)) {
            lines.push_back(fmt::format("the host has {0}, but this container does not",
                                        printable(node.path, 256)));
        }
    }
    return lines.empty() ? std::nullopt : Evidence(std::move(lines));
}

Evidence nodes_of_a_group(const Facts& facts) {
    const bool makes_containers =
        facts.has_file(watched::files.toolbox) || facts.has_file(watched::files.distrobox);
    if (!is_on_host(facts.machine) || !makes_containers) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const std::string& path : facts.machine.environment.group_nodes.value_or({})) {
        lines.push_back(
            fmt::format("{} is open to this user only through its group", printable(path, 256)));
    }
    return lines.empty() ? std::nullopt : Evidence(std::move(lines));
}

constexpr std::array container_boundary_table{
    Condition{.id = "TRL-C026",
              .severity = Severity::blocks,
              .place = Place::host,
              .find = host_without_cuda},
    Condition{.id = "TRL-C027",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = severity_of_update,
              .find = host_not_restarted},
    Condition{.id = "TRL-C028", .severity = Severity::blocks, .find = nodes_not_shared},
    Condition{.id = "TRL-C029",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::files.toolbox, watched::files.distrobox},
              .find = nodes_of_a_group},
};

}  // namespace

std::span<const Condition> container_boundary_conditions() {
    return container_boundary_table;
}

}  // namespace trilby::doctor
