// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/containers.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "machine/devices.hpp"
#include "machine/find.hpp"

namespace trilby {
namespace {

bool is_of_kind(const Machine& machine, ContainerKind kind) {
    return machine.container.kind.value_or(ContainerKind::none) == kind;
}

bool is_in_run(const CdiSpecification* specification) {
    return specification->path.starts_with("/run/");
}

}  // namespace

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

bool is_in_lxc(const Machine& machine) {
    return is_of_kind(machine, ContainerKind::lxc);
}

bool is_in_flatpak(const Machine& machine) {
    return is_of_kind(machine, ContainerKind::flatpak);
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
