// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "doctor/condition.hpp"
#include "doctor/page.hpp"
#include "doctor/steps.hpp"

namespace trilby::doctor {
namespace {

using Remedies = std::vector<Explanation::SystemRemedy>;

/// Systems with the same steps share an entry.
void add_remedy(Remedies& remedies, std::string_view system, Steps steps) {
    const auto same = std::ranges::find(remedies, steps, &Explanation::SystemRemedy::steps);
    if (same == remedies.end()) {
        remedies.push_back({std::string(system), std::move(steps)});
    } else {
        same->system += fmt::format(", {}", system);
    }
}

Remedies remedies_of(const Page& page) {
    Remedies remedies;
    const Steps general = steps_for(page, System::other);
    for (const System system : all_systems()) {
        Steps steps = steps_for(page, system);
        if (steps != general && !steps.empty()) {
            add_remedy(remedies, system_title(system), std::move(steps));
        }
    }
    for (const std::string_view surroundings : {"Toolbx", "Container", "Flatpak"}) {
        if (const Section* section = find_section(page, surroundings)) {
            remedies.push_back({std::string(surroundings), resolve(*section, System::fedora)});
        }
    }
    if (!general.empty()) {
        remedies.push_back({remedies.empty() ? "any system" : "any other system", general});
    }
    return remedies;
}

Explanation explain(const Family& family, const Condition& condition) {
    const Page page = with_names(page_of(condition.id.text));
    return {.id = std::string(condition.id.text),
            .family = std::string(family.name),
            .severity = condition.severity,
            .title = page.title,
            .why = page.why,
            .details = page.details,
            .remedies = remedies_of(page)};
}

}  // namespace

std::span<const Family> families() {
    static const auto all = std::to_array<Family>({{"container", container_boundary_conditions()},
                                                   {"container", container_inside_conditions()},
                                                   {"container", container_host_conditions()},
                                                   {"system", pci_conditions()},
                                                   {"nvidia", nvidia_module_conditions()},
                                                   {"nvidia", nvidia_driver_conditions()},
                                                   {"nvidia", nvidia_state_conditions()},
                                                   {"nvidia", nvidia_library_conditions()},
                                                   {"nvidia", nvidia_topology_conditions()},
                                                   {"nvidia", nvidia_toolkit_conditions()},
                                                   {"nvidia", nvidia_unusable_conditions()},
                                                   {"amd", amd_driver_conditions()},
                                                   {"amd", amd_compute_conditions()},
                                                   {"amd", amd_memory_conditions()},
                                                   {"amd", amd_environment_conditions()},
                                                   {"amd", amd_library_conditions()},
                                                   {"amd", amd_unusable_conditions()},
                                                   {"intel", intel_conditions()},
                                                   {"cpu", cpu_conditions()},
                                                   {"system", system_conditions()}});
    return all;
}

}  // namespace trilby::doctor

namespace trilby {

std::vector<ConditionFamily> known_families() {
    std::map<std::string_view, std::size_t> sizes;
    for (const doctor::Family& family : doctor::families()) {
        sizes[family.name] += family.conditions.size();
    }
    std::vector<ConditionFamily> known;
    for (const auto& [name, conditions] : sizes) {
        known.push_back({name, conditions});
    }
    return known;
}

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

bool concerns_libtorch(std::string_view id) {
    return std::ranges::any_of(doctor::families(), [&](const doctor::Family& family) {
        const auto one = std::ranges::find(family.conditions, id,
                                           [](const doctor::Condition& of) { return of.id.text; });
        return one != family.conditions.end() && one->concerns_libtorch;
    });
}

}  // namespace trilby
