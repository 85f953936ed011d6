// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The kinds of Linux systems, which determine how software is installed and the kernel is
/// configured.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "machine/watched.hpp"
#include <trilby/probe.hpp>

namespace trilby {

enum class System : std::uint8_t {
    fedora,
    nobara,
    atomic,  ///< Fedora's image-based desktops, which rpm-ostree changes
    universal_blue,
    rhel,
    debian,
    ubuntu,
    arch,
    suse,
    other,
};

/// Every system, `other` last.
[[nodiscard]] std::vector<System> all_systems();

/// The name in the headings of the doctor's pages, such as "Fedora Atomic"; "Any system" for
/// `other`.
[[nodiscard]] std::string_view system_title(System system);
/// The system whose steps work if a page has none for `system`: Debian for Ubuntu, and finally
/// `other`.
[[nodiscard]] System base_of(System system);

/// The file by which system_of() recognizes an image-based system.
inline constexpr watched::Name atomic_marker = watched::files.ostree_booted;

/// In a container, the kind of its image.
[[nodiscard]] System system_of(const Machine& machine);
/// The system around a container; nothing if the container does not show it.
[[nodiscard]] std::optional<System> host_system_of(const Machine& machine);

}  // namespace trilby
