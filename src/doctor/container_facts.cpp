// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/container_facts.hpp"

#include <algorithm>

#include "doctor/evidence.hpp"

namespace trilby::doctor {
namespace {

bool is_of_kind(const Machine& machine, ContainerKind kind) {
    return machine.container.kind.value_or(ContainerKind::none) == kind;
}

bool is_in_run(const CdiSpecification* specification) {
    return specification->path.starts_with("/run/");
}

}  // namespace

bool is_on_host(const Machine& machine) {
    return machine.container.kind.value_or(ContainerKind::unknown) == ContainerKind::none;
}

bool is_in_toolbx(const Facts& facts) {
    return is_of_kind(facts.machine, ContainerKind::toolbx);
}

bool is_in_distrobox(const Facts& facts) {
    return is_of_kind(facts.machine, ContainerKind::distrobox);
}

bool is_in_closed_container(const Facts& facts) {
    return is_in_container(facts.machine) && !is_of_kind(facts.machine, ContainerKind::toolbx) &&
           !is_of_kind(facts.machine, ContainerKind::distrobox);
}

bool is_nvidia_toolkit_host(const Facts& facts) {
    return is_on_host(facts.machine) && has_bound_device(facts.machine, nvidia, "nvidia") &&
           is_file(facts.around, "/usr/bin/nvidia-ctk");
}

std::vector<const CdiSpecification*> nvidia_specifications(const Machine& machine) {
    std::vector<const CdiSpecification*> found;
    if (machine.cdi_specifications) {
        for (const CdiSpecification& specification : *machine.cdi_specifications) {
            if (specification.kind.value_or("") == "nvidia.com/gpu") {
                found.push_back(&specification);
            }
        }
    }
    return found;
}

std::vector<const CdiSpecification*> used_nvidia_specifications(const Machine& machine) {
    auto used = nvidia_specifications(machine);
    if (std::ranges::any_of(used, is_in_run)) {
        std::erase_if(used, [](const auto* specification) { return !is_in_run(specification); });
    }
    return used;
}

}  // namespace trilby::doctor
