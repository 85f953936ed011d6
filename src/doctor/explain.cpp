// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/condition.hpp"

namespace trilby::doctor {
namespace {

void add_remedy(Explanation& explanation, std::string_view system, std::string_view steps) {
    if (!steps.empty()) {
        const auto lines = split_lines(steps);
        explanation.remedies.push_back({std::string(system), {lines.begin(), lines.end()}});
    }
}

Explanation explain(const Family& family, const Condition& condition) {
    Explanation explanation{.id = std::string(condition.id),
                            .family = std::string(family.name),
                            .severity = condition.severity,
                            .title = std::string(condition.title),
                            .why = std::string(condition.why),
                            .details = std::string(condition.details),
                            .remedies = {}};
    const Remedy& remedy = condition.remedy;
    add_remedy(explanation, system_name(System::fedora), remedy.fedora);
    add_remedy(explanation, system_name(System::atomic), remedy.atomic);
    add_remedy(explanation, system_name(System::toolbx), remedy.toolbx);
    add_remedy(explanation, system_name(System::debian), remedy.debian);
    add_remedy(explanation, explanation.remedies.empty() ? "any system" : "any other system",
               remedy.any);
    return explanation;
}

}  // namespace

std::string_view system_name(System system) {
    constexpr std::array<std::string_view, 5> names{"Fedora", "Fedora Atomic", "Toolbx", "Debian",
                                                    "other"};
    return names[static_cast<std::size_t>(system)];
}

System system_of(const Machine& machine, const Surroundings& around) {
    const ContainerKind container = machine.container.kind.value_or(ContainerKind::none);
    if (container == ContainerKind::toolbx || container == ContainerKind::distrobox) {
        return System::toolbx;
    }
    const std::string id = machine.os.id.value_or("");
    if (id == "fedora") {
        return around.file("/run/ostree-booted").value_or(false) ? System::atomic : System::fedora;
    }
    return id == "debian" || id == "ubuntu" ? System::debian : System::other;
}

std::span<const Family> families() {
    static const auto all = std::to_array<Family>({{"container", container_inside_conditions()},
                                                   {"container", container_host_conditions()},
                                                   {"nvidia", nvidia_module_conditions()},
                                                   {"nvidia", nvidia_driver_conditions()},
                                                   {"nvidia", nvidia_state_conditions()},
                                                   {"nvidia", nvidia_library_conditions()},
                                                   {"nvidia", nvidia_toolkit_conditions()},
                                                   {"amd", amd_driver_conditions()},
                                                   {"amd", amd_compute_conditions()},
                                                   {"amd", amd_memory_conditions()},
                                                   {"amd", amd_environment_conditions()},
                                                   {"amd", amd_library_conditions()},
                                                   {"cpu", cpu_conditions()},
                                                   {"system", system_conditions()}});
    return all;
}

}  // namespace trilby::doctor

namespace trilby {

std::vector<Explanation> known_conditions() {
    std::vector<Explanation> known;
    for (const doctor::Family& family : doctor::families()) {
        for (const doctor::Condition& condition : family.conditions) {
            known.push_back(doctor::explain(family, condition));
        }
    }
    std::ranges::sort(known, {}, &Explanation::id);
    return known;
}

}  // namespace trilby
