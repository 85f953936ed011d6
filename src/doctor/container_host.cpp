// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of a host that keep containers from its GPUs, or from starting at all.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/containers.hpp"
#include "machine/nvidia.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

bool has_podman(const Facts& facts) {
    return facts.has_file(watched::files.podman);
}

Evidence no_specification(const Facts& facts) {
    const auto& all = facts.machine.cdi_specifications;
    if (!all || !has_podman(facts) || !is_nvidia_toolkit_host(facts)) {
        return std::nullopt;
    }
    const bool may_have_one = std::ranges::any_of(*all, [](const CdiSpecification& one) {
        return one.kind.value_or("nvidia.com/gpu") == "nvidia.com/gpu";
    });
    return may_have_one ? std::nullopt
                        : Evidence({"/usr/bin/nvidia-ctk and /usr/bin/podman are installed",
                                    "neither /etc/cdi nor /run/cdi has a specification of the kind "
                                    "nvidia.com/gpu"});
}

Evidence stale_specification(const Facts& facts) {
    if (!is_nvidia_toolkit_host(facts)) {
        return std::nullopt;
    }
    for (const CdiSpecification* one : used_nvidia_specifications(facts.machine)) {
        const std::string missing = one->missing_path.value_or("/dev/");
        if (!missing.starts_with("/dev/")) {
            return found(fmt::format("{} lists {}, which does not exist", printable(one->path, 256),
                                     printable(missing, 256)));
        }
        if (one->driver_version &&
            is_of_other_driver(facts.machine, "libcuda.so.1", *one->driver_version)) {
            const LibraryFile* installed = library(facts.machine, "libcuda.so.1");
            return found(fmt::format("{} is for driver {}, but {} has release {}",
                                     printable(one->path, 256), printable(*one->driver_version, 64),
                                     printable(installed->path, 256),
                                     printable(*installed->version, 64)));
        }
    }
    return std::nullopt;
}

Evidence stale_nodes(const Facts& facts) {
    if (!is_nvidia_toolkit_host(facts)) {
        return std::nullopt;
    }
    for (const CdiSpecification* one : used_nvidia_specifications(facts.machine)) {
        // The first program that uses a card may create NVIDIA's own nodes.
        if (one->missing_path.value_or("").starts_with("/dev/dri/")) {
            return found(fmt::format("{} lists {}, which does not exist", printable(one->path, 256),
                                     printable(*one->missing_path, 256)));
        }
    }
    return std::nullopt;
}

Evidence two_specifications(const Facts& facts) {
    const auto all = nvidia_specifications(facts.machine);
    if (all.size() < 2 || !is_nvidia_toolkit_host(facts)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    lines.reserve(all.size());
    for (const CdiSpecification* one : all) {
        lines.push_back(fmt::format("{}: {}", printable(one->path, 256), *one->kind));
    }
    return lines;
}

Evidence hook_and_specification(const Facts& facts) {
    const auto all = nvidia_specifications(facts.machine);
    return !all.empty() && has_podman(facts) && facts.has_file(watched::files.nvidia_hook) &&
                   is_nvidia_toolkit_host(facts)
               ? Evidence(
                     {fmt::format("{} exists", watched::files.nvidia_hook),
                      fmt::format("{}: {}", printable(all.front()->path, 256), *all.front()->kind)})
               : std::nullopt;
}

Evidence closed_specification(const Facts& facts) {
    if (!is_nvidia_toolkit_host(facts) || !has_podman(facts)) {
        return std::nullopt;
    }
    for (const CdiSpecification& one : facts.machine.cdi_specifications.value_or({})) {
        const bool is_nvidia =
            std::string_view(one.path).substr(one.path.rfind('/') + 1).starts_with("nvidia");
        if (is_nvidia && one.kind.presence() == Presence::denied) {
            return found(fmt::format("{}: permission denied", printable(one.path, 256)));
        }
    }
    return std::nullopt;
}

Evidence toolbx_without_cuda(const Facts& facts) {
    const Machine& machine = facts.machine;
    const LibraryFile* management = library(machine, "libnvidia-ml.so.1");
    const bool is_hit = is_on_host(machine) && has_working_nvidia_device(machine) &&
                        facts.has_file(watched::files.toolbox) && management != nullptr &&
                        is_library_missing(machine, "libcuda.so.1");
    return is_hit ? Evidence({fmt::format("{} exists, but libcuda.so.1 does not",
                                          printable(management->path, 256)),
                              "/usr/bin/toolbox is installed"})
                  : std::nullopt;
}

Evidence closed_device_folder(const Facts& facts) {
    const auto groups = facts.machine.environment.groups.value_or({});
    if (!is_on_host(facts.machine) || !facts.has_file(watched::files.toolbox)) {
        return std::nullopt;
    }
    for (const DeviceFolder& folder : facts.machine.environment.closed_device_folders) {
        if (std::ranges::find(groups, folder.group_id) != groups.end()) {
            return found(fmt::format("{} has mode {:04o} and group {}, a group of this process",
                                     printable(folder.path, 256), folder.mode, folder.group_id));
        }
    }
    return std::nullopt;
}

/// The container engine that is meant for more than toolboxes; empty if there is none.
std::string_view container_engine(const Facts& facts) {
    for (const watched::Name docker : {watched::files.docker, watched::files.docker_of_debian}) {
        if (facts.has_file(docker)) {
            return docker;
        }
    }
    const bool is_for_toolboxes = !facts.lacks_file(watched::files.toolbox);
    return has_podman(facts) && !is_for_toolboxes ? watched::files.podman : std::string_view();
}

Evidence no_toolkit(const Facts& facts) {
    const std::string_view engine = container_engine(facts);
    const bool is_hit = !engine.empty() && is_on_host(facts.machine) &&
                        has_working_nvidia_device(facts.machine) &&
                        facts.lacks_file(watched::files.nvidia_ctk) &&
                        facts.lacks_file(watched::files.nvidia_container_hook) &&
                        nvidia_specifications(facts.machine).empty();
    return is_hit ? Evidence({fmt::format("{} is installed", engine),
                              fmt::format("{} does not exist", watched::files.nvidia_ctk)})
                  : std::nullopt;
}

Evidence no_docker_runtime(const Facts& facts) {
    const auto& runtimes = facts.machine.environment.docker_runtimes;
    const bool has_docker = container_engine(facts).ends_with("dockerd");
    if (!has_docker || !runtimes || !facts.machine.cdi_specifications ||
        !is_nvidia_toolkit_host(facts)) {
        return std::nullopt;
    }
    const bool is_known = std::ranges::find(*runtimes, "nvidia") != runtimes->end();
    return is_known || !nvidia_specifications(facts.machine).empty()
               ? std::nullopt
               : Evidence(
                     {fmt::format("{} has no runtime nvidia", printable(runtimes.source(), 256)),
                      "neither /etc/cdi nor /run/cdi has a specification of the kind "
                      "nvidia.com/gpu"});
}

Evidence other_device_number(const Facts& facts) {
    const auto& current = facts.machine.environment.uvm_major;
    if (!current || !is_on_host(facts.machine)) {
        return std::nullopt;
    }
    for (const CdiSpecification* one : used_nvidia_specifications(facts.machine)) {
        if (one->uvm_major && *one->uvm_major != *current) {
            return Evidence({fmt::format("{} lists /dev/nvidia-uvm with the major number {}",
                                         printable(one->path, 256), *one->uvm_major),
                             fmt::format("{}: {} nvidia-uvm", current.source(), *current)});
        }
    }
    return std::nullopt;
}

constexpr std::array container_host_table{
    Condition{.id = "TRL-C001",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::files.nvidia_ctk, watched::files.podman},
              .find = no_specification},
    Condition{.id = "TRL-C002",
              .severity = Severity::degrades,
              .place = Place::host,
              .causes = {"TRL-N010"},
              .reads = {watched::files.nvidia_ctk},
              .find = stale_specification},
    Condition{.id = "TRL-C003",
              .severity = Severity::degrades,
              .place = Place::host,
              .causes = {"TRL-C002"},
              .reads = {watched::files.nvidia_ctk},
              .find = stale_nodes},
    Condition{.id = "TRL-C045",
              .severity = Severity::degrades,
              .place = Place::host,
              .find = other_device_number},
    Condition{.id = "TRL-C041",
              .severity = Severity::hint,
              .place = Place::host,
              .reads = {watched::files.docker, watched::files.docker_of_debian,
                        watched::files.podman, watched::files.toolbox, watched::files.nvidia_ctk,
                        watched::files.nvidia_container_hook},
              .find = no_toolkit},
    Condition{.id = "TRL-C042",
              .severity = Severity::hint,
              .place = Place::host,
              .reads = {watched::files.docker, watched::files.docker_of_debian,
                        watched::files.podman, watched::files.toolbox, watched::files.nvidia_ctk},
              .find = no_docker_runtime},
    Condition{.id = "TRL-C004",
              .severity = Severity::hint,
              .place = Place::host,
              .reads = {watched::files.nvidia_ctk},
              .find = two_specifications},
    Condition{
        .id = "TRL-C005",
        .severity = Severity::hint,
        .place = Place::host,
        .reads = {watched::files.nvidia_ctk, watched::files.nvidia_hook, watched::files.podman},
        .find = hook_and_specification},
    Condition{.id = "TRL-C006",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::files.nvidia_ctk, watched::files.podman},
              .find = closed_specification},
    Condition{.id = "TRL-C009",
              .severity = Severity::degrades,
              .place = Place::host,
              .causes = {"TRL-N021"},
              .reads = {watched::files.toolbox},
              .find = toolbx_without_cuda},
    Condition{.id = "TRL-C020",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::files.toolbox},
              .find = closed_device_folder},
};

}  // namespace

std::span<const Condition> container_host_conditions() {
    return container_host_table;
}

}  // namespace trilby::doctor
