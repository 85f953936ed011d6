// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/text.hpp"
#include "doctor/evidence.hpp"
#include "doctor/pages.hpp"

namespace trilby::doctor {
namespace {

void add_remedy(Explanation& explanation, std::string_view system, std::string_view steps) {
    if (!steps.empty()) {
        const auto lines = split_lines(steps);
        explanation.remedies.push_back({std::string(system), {lines.begin(), lines.end()}});
    }
}

Explanation explain(const Family& family, const Condition& condition) {
    const auto page = std::ranges::find(pages, condition.id.text, &Page::id);
    Explanation explanation{.id = std::string(condition.id.text),
                            .family = std::string(family.name),
                            .severity = condition.severity,
                            .title = std::string(condition.title),
                            .why = std::string(condition.why),
                            .details = std::string(page->text),
                            .remedies = {}};
    const Remedy& remedy = condition.remedy;
    add_remedy(explanation, "Fedora", remedy.fedora);
    add_remedy(explanation, "Fedora Atomic", remedy.atomic);
    add_remedy(explanation, "Toolbx", remedy.toolbx);
    add_remedy(explanation, "a container's system", remedy.container);
    add_remedy(explanation, "Debian", remedy.debian);
    add_remedy(explanation, explanation.remedies.empty() ? "any system" : "any other system",
               remedy.any);
    return explanation;
}

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
    // Made of Fedora, with repositories of their own.
    if (has_any({"rhel", "centos", "amzn"})) {
        return System::other;
    }
    if (has_any({"fedora"})) {
        return is_atomic ? System::atomic : System::fedora;
    }
    return has_any({"debian", "ubuntu"}) ? System::debian : System::other;
}

}  // namespace

System system_of(const Machine& machine, const Surroundings& around) {
    return system_of(machine.os,
                     !is_in_container(machine) && is_file(around, "/run/ostree-booted"));
}

std::optional<System> host_system_of(const Machine& machine) {
    return machine.host
               ? std::optional(system_of(machine.host->os, machine.host->is_atomic.value_or(false)))
               : std::nullopt;
}

std::span<const Family> families() {
    static const auto all = std::to_array<Family>({{"container", container_boundary_conditions()},
                                                   {"container", container_inside_conditions()},
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
