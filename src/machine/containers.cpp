// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/containers.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/find.hpp"

namespace trilby {
namespace {

System system_of(const OperatingSystem& os, bool is_atomic) {
    const std::string id = os.id.value_or("");
    const std::string like = os.id_like.value_or("");
    auto names = split_words(like);
    names.emplace_back(id);
    const auto has_any = [&](std::initializer_list<std::string_view> wanted) {
        return std::ranges::any_of(wanted, [&](std::string_view name) {
            return std::ranges::find(names, name) != names.end();
        });
    };
    // They are based on Fedora but have their own repositories.
    if (has_any({"rhel", "centos", "amzn"})) {
        return System::other;
    }
    if (has_any({"fedora"})) {
        return is_atomic ? System::atomic : System::fedora;
    }
    return has_any({"debian", "ubuntu"}) ? System::debian : System::other;
}

bool is_of_kind(const Machine& machine, ContainerKind kind) {
    return machine.container.kind.value_or(ContainerKind::none) == kind;
}

bool is_in_run(const CdiSpecification* specification) {
    return specification->path.starts_with("/run/");
}

}  // namespace

System system_of(const Machine& machine) {
    return system_of(machine.os, !is_in_container(machine) &&
                                     file_state(machine, atomic_marker).value_or(false));
}

std::optional<System> host_system_of(const Machine& machine) {
    return machine.host
               ? std::optional(system_of(machine.host->os, machine.host->is_atomic.value_or(false)))
               : std::nullopt;
}

bool is_in_container(const Machine& machine) {
    return machine.container.kind.value_or(ContainerKind::none) != ContainerKind::none;
}

bool is_on_host(const Machine& machine) {
    return machine.container.kind.value_or(ContainerKind::unknown) == ContainerKind::none;
}

bool is_in_toolbx(const Machine& machine) {
    return is_of_kind(machine, ContainerKind::toolbx);
}

bool is_in_distrobox(const Machine& machine) {
    return is_of_kind(machine, ContainerKind::distrobox);
}

bool is_in_closed_container(const Machine& machine) {
    return is_in_container(machine) && !is_in_toolbx(machine) && !is_in_distrobox(machine);
}

bool is_wsl(const Machine& machine) {
    return device_node(machine, "/dev/dxg") != nullptr;
}

std::vector<const CdiSpecification*> nvidia_specifications(const Machine& machine) {
    return find_all(machine.cdi_specifications, [](const CdiSpecification& specification) {
        return specification.kind.value_or("") == "nvidia.com/gpu";
    });
}

std::vector<const CdiSpecification*> used_nvidia_specifications(const Machine& machine) {
    auto used = nvidia_specifications(machine);
    if (std::ranges::any_of(used, is_in_run)) {
        std::erase_if(used, [](const auto* specification) { return !is_in_run(specification); });
    }
    return used;
}

}  // namespace trilby
