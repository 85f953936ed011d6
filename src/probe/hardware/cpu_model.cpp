// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_model.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "probe/assignments.hpp"
#include "probe/hardware/arm_parts.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

/// The machine types of a generation of IBM Z.
struct Generation {
    std::array<std::string_view, 2> types;
    std::string_view name;
};
constexpr std::array generations{
    Generation{{"2064", "2066"}, "z900"}, Generation{{"2084", "2086"}, "z990"},
    Generation{{"2094", "2096"}, "z9"},   Generation{{"2097", "2098"}, "z10"},
    Generation{{"2817", "2818"}, "z196"}, Generation{{"2827", "2828"}, "zEC12"},
    Generation{{"2964", "2965"}, "z13"},  Generation{{"3906", "3907"}, "z14"},
    Generation{{"8561", "8562"}, "z15"},  Generation{{"3931", "3932"}, "z16"},
    Generation{{"9175", "9176"}, "z17"}};

/// "version = 00,  identification = 0133E8,  machine = 2964".
std::optional<std::string> ibm_z_model(const std::string& line) {
    constexpr std::string_view key = "machine = ";
    const std::size_t at = line.find(key);
    if (at == std::string::npos) {
        return std::nullopt;
    }
    const std::string_view type = trim(std::string_view(line).substr(at + key.size()));
    const auto* known = std::ranges::find_if(generations, [&](const Generation& generation) {
        return std::ranges::find(generation.types, type) != generation.types.end();
    });
    return known == generations.end() ? fmt::format("machine type {}", type)
                                      : fmt::format("IBM {}", known->name);
}

Text arm_model(const Text& cpuinfo) {
    const auto implementer = arm_number(cpuinfo, "CPU implementer");
    return arm_number(cpuinfo, "CPU part").parse([&](std::uint32_t part) {
        return std::optional(arm_part_name({implementer.value_or(0), part}));
    });
}

/// 32-bit kernels have the same text for many kinds of Arm cores: "ARMv7 Processor rev 10 (v7l)".
bool is_specific(const Text& name) {
    return name && !name->starts_with("ARMv");
}

/// "POWER9, altivec supported".
std::optional<std::string> power_name(const std::string& line) {
    const std::string_view name = trim(std::string_view(line).substr(0, line.find(',')));
    constexpr std::array<std::string_view, 3> prefixes{"POWER", "Power", "PPC"};
    const bool is_power = std::ranges::any_of(
        prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
    return is_power ? std::optional(std::string(name)) : std::nullopt;
}

}  // namespace

Text read_power_name(const Text& cpuinfo) {
    return colon_value(cpuinfo, "cpu").parse(power_name);
}

Observed<std::uint32_t> arm_number(const Text& cpuinfo, std::string_view key) {
    return colon_value(cpuinfo, key).parse([](const std::string& word) {
        return parse_hex<std::uint32_t>(word);
    });
}

Text read_cpu_vendor(const Text& cpuinfo) {
    if (Text vendor = colon_value(cpuinfo, "vendor_id"); vendor) {
        return vendor;
    }
    if (const Text power = read_power_name(cpuinfo); power) {
        return Text::present("IBM", power.source());
    }
    return arm_number(cpuinfo, "CPU implementer").parse([](std::uint32_t implementer) {
        return std::optional(arm_implementer_name(implementer));
    });
}

Text read_cpu_model(const Text& cpuinfo) {
    const Text name = colon_value(cpuinfo, "model name");
    if (is_specific(name)) {
        return name;
    }
    for (Text found : {colon_value(cpuinfo, "processor 0").parse(ibm_z_model),
                       read_power_name(cpuinfo), arm_model(cpuinfo)}) {
        if (found) {
            return found;
        }
    }
    return name;
}

}  // namespace trilby::sources
