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

bool is_asked_for_nvidia(const Facts& facts) {
    const std::string cards = facts.around.variable("NVIDIA_VISIBLE_DEVICES").value_or("");
    return !cards.empty() && cards != "void" && cards != "none";
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

bool is_meant_to_compute(const Facts& facts, std::uint16_t vendor_id) {
    const bool is_of_nvidia = vendor_id == nvidia;
    const std::string_view nodes = is_of_nvidia ? "/dev/nvidia" : "/dev/kfd";
    const std::string_view flavour = is_of_nvidia ? "cuda" : "rocm";
    return !is_in_closed_container(facts) || (is_of_nvidia && is_asked_for_nvidia(facts)) ||
           std::ranges::any_of(
               facts.machine.device_nodes.value_or({}),
               [&](const DeviceNode& node) { return node.path.starts_with(nodes); }) ||
           std::ranges::any_of(facts.machine.libtorch.value_or({}), [&](const LibTorch& one) {
               return one.flavour.value_or("") == flavour;
           });
}

bool is_for_computing(const DeviceNode& node) {
    return node.path == "/dev/kfd" || node.path.starts_with("/dev/nvidia");
}

bool lacks_cuda_library(const Machine& machine) {
    return loaded_driver(machine, "nvidia") != nullptr &&
           device_node(machine, "/dev/nvidiactl") != nullptr &&
           is_library_missing(machine, "libcuda.so.1");
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
