// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_architecture.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "platform/live_system.hpp"
#include "probe/assignments.hpp"
#include "probe/hardware/cpu_model.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

/// "ppc64le" from POWER8 on: distributions for POWER7 and older processors are big-endian. The
/// number follows the name: "POWER9 (architected)", "Power11".
std::string power_architecture(std::string_view name) {
    constexpr std::size_t number_at = std::string_view("POWER").size();
    constexpr unsigned first_little_endian = 8;
    const std::string_view rest = name.substr(std::min(number_at, name.size()));
    const std::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
    return parse_number<unsigned>(digits).value_or(0) >= first_little_endian ? "ppc64le" : "ppc64";
}

/// From what only one architecture has in /proc/cpuinfo.
Text guess_architecture(const Text& cpuinfo) {
    if (const Text flags = colon_value(cpuinfo, "flags"); flags) {
        const auto words = split_words(*flags);
        const bool is_64_bit = std::ranges::find(words, "lm") != words.end();
        return Text::present(is_64_bit ? "x86_64" : "i686", flags.source());
    }
    const std::string generation = colon_value(cpuinfo, "CPU architecture").value_or("");
    if (generation == "8" || generation == "AArch64") {
        return Text::present("aarch64", cpuinfo.source());
    }
    if (colon_value(cpuinfo, "vendor_id").value_or("") == "IBM/S390") {
        return Text::present("s390x", cpuinfo.source());
    }
    if (const Text power = read_power_name(cpuinfo); power) {
        return Text::present(power_architecture(*power), power.source());
    }
    return Text::missing(cpuinfo ? Presence::absent : cpuinfo.presence(), cpuinfo.source());
}

}  // namespace

Text read_architecture(const platform::FileTree& tree, const Text& cpuinfo) {
    // Since Linux 6.1. uname says "i686" to programs that are started with setarch.
    if (Text kernel = tree.read_trimmed("/proc/sys/kernel/arch"); kernel) {
        return kernel;
    }
    Text answer = tree.answer("uname", [] { return platform::machine_architecture(); });
    return answer ? answer : guess_architecture(cpuinfo);
}

}  // namespace trilby::sources
