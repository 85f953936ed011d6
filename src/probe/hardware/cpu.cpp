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
#include "probe/hardware/cpu_architecture.hpp"
#include "probe/hardware/cpu_caches.hpp"
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

/// "processor : 0", or "processor 0: ..." on IBM Z.
bool is_processor_line(std::string_view line) {
    const auto words = split_words(line.substr(0, line.find(':')));
    return !words.empty() && words[0] == "processor" &&
           (words.size() == 1 || (words.size() == 2 && parse_number<unsigned>(words[1])));
}

Count count_processors(const FileTree& tree) {
    constexpr std::size_t limit_bytes = 16U << 20;
    return tree.read(cpuinfo_path, limit_bytes)
        .parse([](const std::string& text) -> std::optional<std::uint32_t> {
            const auto count = std::ranges::count_if(split_lines(text), is_processor_line);
            return count > 0 ? std::optional(static_cast<std::uint32_t>(count)) : std::nullopt;
        });
}

Count count_online_cpus(const FileTree& tree, const Observed<CpuNumbers>& online) {
    if (online || online.presence() == Presence::malformed) {
        return online.parse([](const CpuNumbers& numbers) {
            return std::optional(static_cast<std::uint32_t>(numbers.size()));
        });
    }
    return count_processors(tree);
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
    const auto table = feature_table(architecture);
    if (!table) {
        return Features::missing(Presence::absent, cpuinfo.source());
    }
    return colon_value(cpuinfo, table->key).parse([&](const std::string& line) {
        const auto listed = split_words(line);
        std::vector<std::string> features;
        for (const std::string_view name : table->names) {
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
    const auto online = read_online_cpus(tree);
    cpu.packages = read_package_count(tree, online);
    cpu.cores = read_core_count(tree, online);
    cpu.logical_cpus_online = count_online_cpus(tree, online);
    cpu.usable_cpus = read_usable_cpus(tree, cpu.logical_cpus_online);
    cpu.features = read_features(tree, cpuinfo, cpu.architecture.value_or(""));
    cpu.isa_level = level_of(cpu.features, cpu.architecture.value_or(""));
    cpu.caches = read_caches(tree);
    cpu.governor = tree.read_trimmed("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor");
    cpu.last_level_caches = read_last_level_caches(tree, online);
    cpu.core_kinds = read_core_kinds(tree, online, cpuinfo);
    return cpu;
}

}  // namespace trilby::sources
