// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/places.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/text.hpp"
#include "platform/cpu_affinity.hpp"

namespace trilby::cores {
namespace {

constexpr std::size_t longest_text = 64;

std::string topology_text(const platform::FileTree& tree, std::uint32_t cpu,
                          std::string_view file) {
    const auto text =
        tree.read_trimmed(fmt::format("/sys/devices/system/cpu/cpu{}/topology/{}", cpu, file));
    return text ? printable(*text, longest_text) : std::string();
}

/// Whether the kernel lists more than this CPU.
bool has_siblings(const CpuPlace& place) {
    return place.siblings.find_first_of(",-") != std::string::npos;
}

std::vector<Group> each_alone(const std::vector<CpuPlace>& places) {
    std::vector<Group> groups;
    for (const CpuPlace& place : places) {
        groups.push_back({place});
    }
    return groups;
}

/// The threads of each core, which have the same list of siblings.
std::vector<Group> threads_of_cores(const std::vector<CpuPlace>& places) {
    std::map<std::string, Group> cores;
    for (const CpuPlace& place : places) {
        if (has_siblings(place)) {
            cores[place.siblings].push_back(place);
        }
    }
    std::vector<Group> groups;
    for (auto& [siblings, group] : cores) {
        if (group.size() > 1) {
            groups.push_back(std::move(group));
        }
    }
    return groups;
}

}  // namespace

CpuPlace place_of(std::uint32_t cpu, const platform::FileTree& tree) {
    return {.cpu = cpu,
            .core = topology_text(tree, cpu, "core_id"),
            .package = topology_text(tree, cpu, "physical_package_id"),
            .siblings = topology_text(tree, cpu, "thread_siblings_list")};
}

std::vector<CpuPlace> usable_places(const platform::FileTree& tree) {
    std::vector<CpuPlace> places;
    for (const std::uint32_t cpu :
         platform::affinity_cpus().value_or(std::vector<std::uint32_t>())) {
        places.push_back(place_of(cpu, tree));
    }
    return places;
}

std::string name_of(const CpuPlace& place) {
    const auto known = [](const std::string& text) {
        return text.empty() ? std::string_view("unknown") : std::string_view(text);
    };
    const std::string siblings =
        has_siblings(place) ? fmt::format(", SMT siblings {}", place.siblings) : std::string();
    return fmt::format("CPU {} (core {} of package {}{})", place.cpu, known(place.core),
                       known(place.package), siblings);
}

std::vector<Condition> conditions_of(const std::vector<CpuPlace>& places) {
    constexpr unsigned repetitions_under_load = 16;
    std::vector<Condition> conditions{
        {.name = "alone and cold", .groups = each_alone(places), .share = 0.15, .rest_share = 0.1},
        {.name = "with its SMT siblings", .groups = threads_of_cores(places), .share = 0.1},
        {.name = "with all CPUs",
         .groups = {places},
         .share = 0.35,
         .repetitions = repetitions_under_load},
        {.name = "alone after all CPUs", .groups = each_alone(places), .share = 0.15}};
    std::erase_if(conditions, [](const Condition& condition) { return condition.groups.empty(); });
    return conditions;
}

}  // namespace trilby::cores
