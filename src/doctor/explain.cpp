// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/condition.hpp"
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

}  // namespace

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
