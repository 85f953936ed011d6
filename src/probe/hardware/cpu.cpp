// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

#include "base/text.hpp"
#include "platform/live_system.hpp"
#include "probe/assignments.hpp"
#include "probe/hardware/control_group.hpp"
#include "probe/hardware/cpu_list.hpp"
#include "probe/hardware/cpu_model.hpp"
#include "probe/hardware/cpu_topology.hpp"
#include "probe/hardware/instruction_sets.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;
using Count = Observed<std::uint32_t>;
using Features = Observed<std::vector<std::string>>;

constexpr const char* cpuinfo_path = "/proc/cpuinfo";

Text read_architecture(const FileTree& tree, const Text& cpuinfo) {
    if (Text answer = tree.answer("uname", [] { return platform::machine_architecture(); })) {
        return answer;
    }
    if (const Text flags = colon_value(cpuinfo, "flags"); flags) {
        const auto words = split_words(*flags);
        const bool is_64_bit = std::ranges::find(words, "lm") != words.end();
        return Text::present(is_64_bit ? "x86_64" : "i686", flags.source());
    }
    if (colon_value(cpuinfo, "CPU architecture").value_or("") == "8") {
        return Text::present("aarch64", cpuinfo.source());
    }
    return Text::missing(cpuinfo ? Presence::absent : cpuinfo.presence(), cpuinfo_path);
}

Count count_processors(const FileTree& tree) {
    constexpr std::size_t limit_bytes = 16U << 20;
    return tree.read(cpuinfo_path, limit_bytes)
        .parse([](const std::string& text) -> std::optional<std::uint32_t> {
            const auto lines = split_lines(text);
            const auto count = std::ranges::count_if(lines, [](std::string_view line) {
                return trim(line.substr(0, line.find(':'))) == "processor";
            });
            return count > 0 ? std::optional(static_cast<std::uint32_t>(count)) : std::nullopt;
        });
}

Count read_online_cpus(const FileTree& tree) {
    const Text online = tree.read_trimmed("/sys/devices/system/cpu/online");
    return online ? online.parse(count_of_list) : count_processors(tree);
}

std::optional<std::string> ask_affinity() {
    const auto count = platform::affinity_cpu_count();
    return count ? std::optional(fmt::format("{}", *count)) : std::nullopt;
}

Count read_usable_cpus(const FileTree& tree, const Count& online) {
    Count usable = online;
    const Count affinity =
        tree.answer("sched_getaffinity", ask_affinity).parse([](const std::string& text) {
            return parse_number<std::uint32_t>(text);
        });
    if (affinity && (!usable || *affinity < *usable)) {
        usable = affinity;
    }
    const Observed<double> quota = read_cpu_quota(tree);
    if (affinity.is_unreadable()) {
        return affinity;
    }
    if (quota.is_unreadable()) {
        return Count::missing(quota.presence(), quota.source());
    }
    if (quota && (!usable || *quota < *usable)) {
        const double whole = std::min(std::max(1.0, std::ceil(*quota)), 65536.0);
        usable = Count::present(static_cast<std::uint32_t>(whole), quota.source());
    }
    return usable;
}

Features listed_features(const Text& cpuinfo, const std::string& architecture) {
    const char* key = architecture == "aarch64" ? "Features" : "flags";
    return colon_value(cpuinfo, key).parse([&](const std::string& line) {
        const auto listed = split_words(line);
        std::vector<std::string> features;
        for (const std::string_view name : relevant_features(architecture)) {
            if (std::ranges::find(listed, name) != listed.end()) {
                features.emplace_back(name);
            }
        }
        return std::optional(features);
    });
}

std::optional<std::string> ask_cpu() {
    const auto features = features_by_instruction();
    return features ? std::optional(fmt::format("{}", fmt::join(*features, " "))) : std::nullopt;
}

std::optional<std::vector<std::string>> words_of(const std::string& text) {
    const auto words = split_words(text);
    return std::vector<std::string>(words.begin(), words.end());
}

Features read_features(const FileTree& tree, const Text& cpuinfo, const std::string& architecture) {
    const Text answer = tree.answer("CPUID and XGETBV", ask_cpu);
    return answer ? answer.parse(words_of) : listed_features(cpuinfo, architecture);
}

Text level_of(const Features& features, const std::string& architecture) {
    return architecture == "x86_64" ? features.parse(isa_level)
                                    : Text::missing(Presence::absent, features.source());
}

}  // namespace

Cpu read_cpu(const FileTree& tree) {
    // Reads only the first CPU: the whole file takes milliseconds on machines with many CPUs.
    constexpr std::size_t first_block_bytes = 16U << 10;
    const Text cpuinfo = tree.read_start(cpuinfo_path, first_block_bytes);
    Cpu cpu;
    cpu.vendor = read_cpu_vendor(cpuinfo);
    cpu.model = read_cpu_model(cpuinfo);
    cpu.architecture = read_architecture(tree, cpuinfo);
    cpu.packages = read_package_count(tree);
    cpu.cores = read_core_count(tree);
    cpu.logical_cpus_online = read_online_cpus(tree);
    cpu.usable_cpus = read_usable_cpus(tree, cpu.logical_cpus_online);
    cpu.features = read_features(tree, cpuinfo, cpu.architecture.value_or(""));
    cpu.isa_level = level_of(cpu.features, cpu.architecture.value_or(""));
    cpu.caches = read_caches(tree);
    cpu.governor = tree.read_trimmed("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor");
    return cpu;
}

}  // namespace trilby::sources
