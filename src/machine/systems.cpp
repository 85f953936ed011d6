// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/systems.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "base/short_list.hpp"
#include "base/text.hpp"
#include "machine/containers.hpp"
#include "machine/environment.hpp"

namespace trilby {
namespace {

struct Kind {
    System system;
    System base;
    std::string_view title;
    /// The values of ID and ID_LIKE in /etc/os-release.
    ShortList<std::string_view, 8> ids = {};
};

/// In the order of the enumerators.
constexpr auto kinds = std::to_array<Kind>({
    {System::fedora, System::other, "Fedora", {"fedora"}},
    {System::nobara, System::fedora, "Nobara", {"nobara"}},
    {System::atomic, System::other, "Fedora Atomic"},
    {System::universal_blue,
     System::atomic,
     "Universal Blue",
     {"bazzite", "bluefin", "aurora", "ucore", "secureblue"}},
    {System::rhel, System::other, "RHEL", {"rhel", "centos", "rocky", "almalinux", "ol"}},
    {System::debian, System::other, "Debian", {"debian"}},
    {System::ubuntu, System::debian, "Ubuntu", {"ubuntu"}},
    {System::arch, System::other, "Arch Linux", {"arch"}},
    {System::suse, System::other, "openSUSE", {"suse", "opensuse"}},
    {System::other, System::other, "Any system", {"amzn"}},
});

static_assert(std::ranges::is_sorted(kinds, {}, &Kind::system));

const Kind& kind_of(System system) {
    return kinds[static_cast<std::size_t>(system)];
}

/// A version may follow an id: "opensuse-tumbleweed".
const Kind* kind_with_id(std::string_view id) {
    const auto has_id = [&](const Kind& kind) {
        return std::ranges::any_of(kind.ids, [&](std::string_view known) {
            return id == known || (id.starts_with(known) && id[known.size()] == '-');
        });
    };
    const auto found = std::ranges::find_if(kinds, has_id);
    return found == kinds.end() ? nullptr : &*found;
}

System system_of(const OperatingSystem& os, bool is_image_based) {
    // The system's own id comes first, then those that it is like, the closest one first.
    const std::string names = os.id.value_or("") + " " + os.id_like.value_or("");
    for (const std::string_view name : split_words(names)) {
        if (const Kind* kind = kind_with_id(name)) {
            return kind->system == System::fedora && is_image_based ? System::atomic : kind->system;
        }
    }
    return System::other;
}

}  // namespace

std::vector<System> all_systems() {
    std::vector<System> systems;
    std::ranges::transform(kinds, std::back_inserter(systems), &Kind::system);
    return systems;
}

std::string_view system_title(System system) {
    return kind_of(system).title;
}

System base_of(System system) {
    return kind_of(system).base;
}

System system_of(const Machine& machine) {
    return system_of(machine.os, !is_in_container(machine) &&
                                     file_state(machine, atomic_marker).value_or(false));
}

std::optional<System> host_system_of(const Machine& machine) {
    return machine.host
               ? std::optional(system_of(machine.host->os, machine.host->is_atomic.value_or(false)))
               : std::nullopt;
}

}  // namespace trilby
