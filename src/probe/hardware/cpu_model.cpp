// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_model.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "probe/assignments.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

struct Implementer {
    std::string_view code;
    std::string_view name;
};
constexpr std::array implementers{Implementer{"0x41", "Arm"},      Implementer{"0x48", "HiSilicon"},
                                  Implementer{"0x4e", "NVIDIA"},   Implementer{"0x46", "Fujitsu"},
                                  Implementer{"0x51", "Qualcomm"}, Implementer{"0x61", "Apple"},
                                  Implementer{"0xc0", "Ampere"}};

struct Part {
    std::string_view implementer;
    std::string_view code;
    std::string_view name;
};
// From the kernel's arch/arm64/include/asm/cputype.h, without those that only phones have.
constexpr std::array parts{
    Part{"0x41", "0xd03", "Cortex-A53"},    Part{"0x41", "0xd07", "Cortex-A57"},
    Part{"0x41", "0xd08", "Cortex-A72"},    Part{"0x41", "0xd0b", "Cortex-A76"},
    Part{"0x41", "0xd0c", "Neoverse-N1"},   Part{"0x41", "0xd40", "Neoverse-V1"},
    Part{"0x41", "0xd42", "Cortex-A78AE"},  Part{"0x41", "0xd49", "Neoverse-N2"},
    Part{"0x41", "0xd4f", "Neoverse-V2"},   Part{"0x41", "0xd84", "Neoverse-V3"},
    Part{"0x41", "0xd85", "Cortex-X925"},   Part{"0x41", "0xd8e", "Neoverse-N3"},
    Part{"0x46", "0x001", "A64FX"},         Part{"0x48", "0xd01", "Kunpeng-920"},
    Part{"0x4e", "0x004", "Carmel"},        Part{"0x51", "0x001", "Oryon"},
    Part{"0x61", "0x022", "M1 (Icestorm)"}, Part{"0x61", "0x023", "M1 (Firestorm)"},
    Part{"0xc0", "0xac3", "Ampere-1"},      Part{"0xc0", "0xac4", "Ampere-1a"}};

}  // namespace

Text read_cpu_vendor(const Text& cpuinfo) {
    if (Text vendor = colon_value(cpuinfo, "vendor_id"); vendor) {
        return vendor;
    }
    return colon_value(cpuinfo, "CPU implementer")
        .parse([](const std::string& code) -> std::optional<std::string> {
            const auto* known = std::ranges::find(implementers, code, &Implementer::code);
            return known == implementers.end() ? code : std::string(known->name);
        });
}

Text read_cpu_model(const Text& cpuinfo) {
    if (Text name = colon_value(cpuinfo, "model name"); name) {
        return name;
    }
    const Text implementer = colon_value(cpuinfo, "CPU implementer");
    return colon_value(cpuinfo, "CPU part")
        .parse([&](const std::string& code) -> std::optional<std::string> {
            const auto* known = std::ranges::find_if(parts, [&](const Part& part) {
                return part.implementer == implementer.value_or("") && part.code == code;
            });
            return known == parts.end() ? fmt::format("part {}", code) : std::string(known->name);
        });
}

}  // namespace trilby::sources
