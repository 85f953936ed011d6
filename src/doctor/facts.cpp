// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/facts.hpp"

#include <algorithm>
#include <string_view>

#include "machine/amd.hpp"
#include "machine/containers.hpp"
#include "machine/environment.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/requirements.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

watched::Name note(const Facts& facts, watched::Name name) {
    if (facts.asked != nullptr) {
        facts.asked->insert(name);
    }
    return name;
}

bool asks_for_nvidia(const Facts& facts) {
    const std::string cards =
        facts.variable(watched::variables.nvidia_visible_devices).value_or("");
    return !cards.empty() && cards != "void" && cards != "none";
}

/// The machine's main card works.
bool is_usable(const std::vector<Requirement>& requirements) {
    return obstacles(requirements).empty();
}

bool has_node(const Machine& machine, std::string_view prefix) {
    return std::ranges::any_of(machine.device_nodes.value_or({}), [&](const DeviceNode& node) {
        return node.path.starts_with(prefix);
    });
}

}  // namespace

Observed<std::string> Facts::variable(watched::Name name) const {
    return trilby::variable(machine, note(*this, name));
}

Observed<std::string> Facts::override_of(const KfdNode& node) const {
    note(*this, watched::variables.hsa_override_gfx_version);
    return target_override(machine, node);
}

Observed<std::string> Facts::text(watched::Name path) const {
    return trilby::text_of(machine, note(*this, path));
}

bool Facts::has_file(watched::Name path) const {
    return file_state(machine, note(*this, path)).value_or(false);
}

bool Facts::lacks_file(watched::Name path) const {
    return !file_state(machine, note(*this, path)).value_or(true);
}

bool Facts::has_cpu_feature(cpu_features::Name name) const {
    if (asked_features != nullptr) {
        asked_features->insert(name);
    }
    const auto features = machine.cpu.features.value_or({});
    return std::ranges::find(features, name) != features.end();
}

bool is_fedora_based(const Facts& facts) {
    return facts.system == System::fedora || facts.system == System::atomic;
}

bool is_confined_container(const Facts& facts) {
    const auto label = facts.text(watched::texts.selinux_label);
    return is_in_container(facts.machine) &&
           label.value_or("").find(":container_t:") != std::string::npos;
}

bool is_peer_to_peer_off(const Facts& facts) {
    return facts.variable(watched::variables.nccl_p2p_disable).value_or("0") == "1";
}

bool is_nvidia_toolkit_host(const Facts& facts) {
    return is_on_host(facts.machine) && has_working_nvidia_device(facts.machine) &&
           facts.has_file(watched::files.nvidia_ctk);
}

bool is_meant_to_compute(const Facts& facts, std::uint16_t vendor_id) {
    const Machine& machine = facts.machine;
    if (!is_in_closed_container(machine)) {
        return true;
    }
    if (vendor_id == pci_vendor::nvidia) {
        return asks_for_nvidia(facts) || has_node(machine, "/dev/nvidia") ||
               !libtorch_builds(machine, "cuda").empty();
    }
    return has_node(machine, "/dev/kfd") || !libtorch_builds(machine, "rocm").empty();
}

Severity nvidia_severity(const Facts& facts) {
    return !is_meant_to_compute(facts, pci_vendor::nvidia) ||
                   is_usable(cuda_requirements(facts.machine))
               ? Severity::hint
               : Severity::blocks;
}

Severity amd_severity(const Facts& facts) {
    if (!is_meant_to_compute(facts, pci_vendor::amd)) {
        return Severity::hint;
    }
    return has_working_nvidia_device(facts.machine) ? Severity::degrades : Severity::blocks;
}

Severity amd_card_severity(const Facts& facts) {
    return is_usable(rocm_requirements(facts.machine)) ? Severity::hint : amd_severity(facts);
}

}  // namespace trilby::doctor
