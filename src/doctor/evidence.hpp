// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Formats lines of evidence.

#pragma once

#include <concepts>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "doctor/condition.hpp"

namespace trilby::doctor {

/// "PATH: VALUE", safe to print.
template <class T>
[[nodiscard]] std::string quote(const Observed<T>& fact) {
    if constexpr (std::same_as<T, std::string>) {
        return fmt::format("{}: {}", printable(fact.source(), 256), printable(*fact, 256));
    } else {
        return fmt::format("{}: {}", printable(fact.source(), 256), *fact);
    }
}

/// "nvml: Driver/library version mismatch (NVML error 18)".
[[nodiscard]] std::string quote_message(const Runtime& runtime);

/// "/etc/modprobe.d/a.conf: blacklist nvidia".
[[nodiscard]] std::string quote(const SettingLine& setting);
/// "/proc/cmdline: nomodeset" for a word of the kernel's command line; empty if the word is.
[[nodiscard]] std::string quote_boot_parameter(const Machine& machine, const std::string& word);

/// One line of evidence.
[[nodiscard]] inline Evidence found(std::string line) {
    return std::vector{std::move(line)};
}

/// Lines of evidence, or nothing if there are none.
[[nodiscard]] inline Evidence found_if_any(std::vector<std::string> lines) {
    return lines.empty() ? std::nullopt : Evidence(std::move(lines));
}

/// "/dev/kfd: mode 0660, owner 0, group 105".
[[nodiscard]] std::string describe_closed(const DeviceNode& node);

/// The value "folder" for the steps: where AMD has builds for the first GPU that it builds for.
[[nodiscard]] Values build_folder(const std::vector<const KfdNode*>& nodes);

/// Adds "AMD's builds for gfx1103 are in the folder gfx110X-all" if AMD has builds for the target.
void add_build_folder(std::vector<std::string>& lines, std::string_view target);

/// "AD102 [GeForce RTX 4090] at 0000:01:00.0 is bound to nouveau (/sys/...)".
[[nodiscard]] std::string bound_to(const PciDevice& device);
/// The same for a device without a driver, with the path of the missing link.
[[nodiscard]] std::string bound_to_nothing(const PciDevice& device);
/// One of both.
[[nodiscard]] std::string bound_if_any(const PciDevice& device);
/// "Navi 31 at 0000:03:00.0 is bound to amdgpu (/sys/...)" for each device.
[[nodiscard]] std::vector<std::string> driver_lines(const std::vector<const PciDevice*>& devices);

}  // namespace trilby::doctor
