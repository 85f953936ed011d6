// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions that several conditions ask of the facts, and the words for what was found.

#pragma once

#include <concepts>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "doctor/condition.hpp"

namespace trilby::doctor {

inline constexpr std::uint16_t nvidia = 0x10de;
inline constexpr std::uint16_t amd = 0x1002;
inline constexpr std::uint16_t intel = 0x8086;

/// "PATH: VALUE", made safe to print.
template <class T>
[[nodiscard]] std::string quote(const Observed<T>& fact) {
    if constexpr (std::same_as<T, std::string>) {
        return fmt::format("{}: {}", printable(fact.source(), 256), printable(*fact, 256));
    } else {
        return fmt::format("{}: {}", printable(fact.source(), 256), *fact);
    }
}

/// One line of evidence.
[[nodiscard]] inline Evidence found(std::string line) {
    return std::vector{std::move(line)};
}

/// "NVIDIA AD102 at 0000:01:00.0".
[[nodiscard]] std::string describe(const PciDevice& device);

/// Display controllers and accelerators of one maker.
[[nodiscard]] std::vector<const PciDevice*> devices_of(const Machine& machine,
                                                       std::uint16_t vendor_id);
[[nodiscard]] bool has_device_of(const Machine& machine, std::uint16_t vendor_id);
/// Some device of a maker is bound to `driver`.
[[nodiscard]] bool has_bound_device(const Machine& machine, std::uint16_t vendor_id,
                                    std::string_view driver);

[[nodiscard]] const KernelDriver* loaded_driver(const Machine& machine, std::string_view name);
/// Known not to be loaded, as opposed to not known.
[[nodiscard]] bool is_driver_missing(const Machine& machine, std::string_view name);

[[nodiscard]] const DeviceNode* device_node(const Machine& machine, std::string_view path);
[[nodiscard]] bool is_node_missing(const Machine& machine, std::string_view path);

/// Fedora, or a system that is made of it and uses its packages.
[[nodiscard]] bool is_made_of_fedora(const Facts& facts);

[[nodiscard]] bool is_in_container(const Machine& machine);

/// Known to be there, and known not to be there.
[[nodiscard]] bool is_file(const Surroundings& around, std::string_view path);
[[nodiscard]] bool is_no_file(const Surroundings& around, std::string_view path);

/// The word of the kernel's command line that is `key` or begins with "key="; empty if there is
/// none, or the line is not known.
[[nodiscard]] std::string boot_parameter(const Machine& machine, std::string_view key);
[[nodiscard]] bool is_boot_parameter_missing(const Machine& machine, std::string_view key);

/// The first of the name, which is the one that is loaded.
[[nodiscard]] const LibraryFile* library(const Machine& machine, std::string_view name);
/// Known not to be there: of names that are not looked for nothing is known.
[[nodiscard]] bool is_library_missing(const Machine& machine, std::string_view name);

/// What a runtime said, if it was asked.
[[nodiscard]] const Runtime* runtime(const Machine& machine, std::string_view name);

/// Compares "6.17.9" with "6.18.4-300.fc43" number by number: less than, equal to or greater than
/// 0.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

}  // namespace trilby::doctor
