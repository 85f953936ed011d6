// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "probe/assignments.hpp"
#include "probe/hardware/control_group.hpp"
#include "probe/hardware/cpu_list.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

/// "32777916 kB", where kB means 1024 bytes.
std::optional<std::uint64_t> bytes_from(std::string_view text) {
    const auto words = split_words(text);
    if (words.size() != 2 || words[1] != "kB") {
        return std::nullopt;
    }
    const auto kibibytes = parse_number<std::uint64_t>(words[0]);
    if (!kibibytes || *kibibytes > UINT64_MAX / 1024) {
        return std::nullopt;
    }
    return *kibibytes * 1024;
}

Observed<std::uint32_t> count_numa_nodes(const FileTree& tree) {
    constexpr std::string_view folder = "/sys/devices/system/node";
    const auto online = tree.read_trimmed(fmt::format("{}/online", folder)).parse(count_of_list);
    if (online.presence() != Presence::absent) {
        return online;
    }
    const auto nodes = numbered_folders(tree, folder, "node");
    return nodes ? nodes.parse([](const CpuNumbers& numbers) {
        return std::optional(static_cast<std::uint32_t>(numbers.size()));
    })
                 : online;
}

}  // namespace

Memory read_memory(const FileTree& tree) {
    const Observed<std::string> text = tree.read("/proc/meminfo");
    return {.total_bytes = colon_value(text, "MemTotal").parse(bytes_from),
            .available_bytes = colon_value(text, "MemAvailable").parse(bytes_from),
            .swap_total_bytes = colon_value(text, "SwapTotal").parse(bytes_from),
            .control_group_limit_bytes = read_memory_limit_bytes(tree),
            .numa_nodes = count_numa_nodes(tree),
            .huge_pages = colon_value(text, "HugePages_Total").parse([](const std::string& count) {
                return parse_number<std::uint64_t>(count);
            }),
            .huge_page_bytes = colon_value(text, "Hugepagesize").parse(bytes_from)};
}

}  // namespace trilby::sources
