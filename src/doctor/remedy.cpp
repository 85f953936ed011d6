// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/remedy.hpp"

#include <utility>

#include "machine/containers.hpp"

namespace trilby::doctor {
namespace {

constexpr const char* on_the_host = "On the host:";

/// The heading of steps for containers like this one; empty on a host.
std::string_view surroundings_of(const Machine& machine) {
    if (!is_in_container(machine)) {
        return {};
    }
    if (is_in_flatpak(machine)) {
        return "Flatpak";
    }
    return is_in_closed_container(machine) ? "Container" : "Toolbx";
}

Steps steps_on_host(const Page& page, std::optional<System> host_system) {
    if (!host_system) {
        return {"Run this on the host, and follow its steps:", "trilby doctor"};
    }
    Steps steps = steps_for(page, *host_system);
    steps.insert(steps.begin(), on_the_host);
    return steps;
}

}  // namespace

Steps remedy_of(const Page& page, Place place, const Facts& facts) {
    const std::string_view surroundings = surroundings_of(facts.machine);
    const bool is_toolbx = surroundings == "Toolbx";
    // Nothing can be installed or changed inside a Flatpak.
    const bool is_of_host = place == Place::host || surroundings == "Flatpak";
    const System fixed = is_of_host ? facts.host_system.value_or(System::fedora) : facts.system;
    const Section* section = find_section(page, surroundings);
    // The steps for Toolbx are written for its usual image and its usual host.
    if (section != nullptr && (!is_toolbx || fixed == System::fedora)) {
        return resolve(*section, fixed);
    }
    return surroundings.empty() || !is_of_host ? steps_for(page, facts.system)
                                               : steps_on_host(page, facts.host_system);
}

}  // namespace trilby::doctor
