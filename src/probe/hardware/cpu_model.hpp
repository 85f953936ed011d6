// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The vendor and model of the CPU, from the text of /proc/cpuinfo. On Arm it only has numbers.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <trilby/observed.hpp>

namespace trilby::sources {

[[nodiscard]] Observed<std::string> read_cpu_vendor(const Observed<std::string>& cpuinfo);
[[nodiscard]] Observed<std::string> read_cpu_model(const Observed<std::string>& cpuinfo);

/// "POWER9 (architected)"; absent or malformed on other processors.
[[nodiscard]] Observed<std::string> read_power_name(const Observed<std::string>& cpuinfo);

/// The number of the first line "key : 0x41".
[[nodiscard]] Observed<std::uint32_t> arm_number(const Observed<std::string>& cpuinfo,
                                                 std::string_view key);

}  // namespace trilby::sources
