// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_architecture.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "platform/live_system.hpp"
#include "probe/assignments.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

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
