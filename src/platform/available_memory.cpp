// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/available_memory.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace trilby::platform {
namespace {

/// The number after a word at the start of a line: "MemAvailable:   32777916 kB".
std::optional<std::uint64_t> number_after(std::string_view word, const std::string& text) {
    for (const std::string_view line : split_lines(text)) {
        const auto words = split_words(line);
        if (words.size() >= 2 && words[0] == word) {
            return parse_number<std::uint64_t>(words[1]);
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> available_to_all(const FileTree& tree) {
    const auto kibibytes = number_after("MemAvailable:", tree.read("/proc/meminfo").value_or(""));
    return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

/// The lower limit of a control group; nothing for "max" and where the file is missing.
std::optional<std::uint64_t> limit_of(const FileTree& tree, const std::string& group) {
    std::optional<std::uint64_t> lowest;
    for (const std::string_view file : {"/memory.max", "/memory.high"}) {
        const std::string text = tree.read_trimmed(group + std::string(file)).value_or("");
        if (const auto limit = parse_number<std::uint64_t>(text)) {
            lowest = std::min(limit, lowest ? lowest : limit);
        }
    }
    return lowest;
}

/// What a control group uses apart from the page cache, which the kernel gives back.
std::uint64_t used_by(const FileTree& tree, const std::string& group) {
    const auto current =
        parse_number<std::uint64_t>(tree.read_trimmed(group + "/memory.current").value_or(""));
    const std::string statistics = tree.read(group + "/memory.stat").value_or("");
    const std::uint64_t cache = number_after("active_file", statistics).value_or(0) +
                                number_after("inactive_file", statistics).value_or(0);
    return current.value_or(0) - std::min(cache, current.value_or(0));
}

/// The folders of the process's own control group (version 2) and of those around it. In a
/// container, the outermost one may have a limit too.
std::vector<std::string> groups_of_limits(const FileTree& tree) {
    constexpr std::string_view start_of_version_2 = "0::/";
    const std::string text = tree.read("/proc/self/cgroup").value_or("");
    std::vector<std::string> groups;
    for (const std::string_view line : split_lines(text)) {
        if (line.starts_with(start_of_version_2)) {
            const std::string_view path = line.substr(start_of_version_2.size());
            groups.emplace_back("/sys/fs/cgroup");
            for (std::size_t end = 0; end != path.npos && !path.empty();) {
                end = path.find('/', end + 1);
                groups.push_back(fmt::format("/sys/fs/cgroup/{}", path.substr(0, end)));
            }
        }
    }
    return groups;
}

}  // namespace

std::optional<std::uint64_t> available_memory_bytes(const FileTree& tree) {
    auto available = available_to_all(tree);
    for (const std::string& group : groups_of_limits(tree)) {
        if (const auto limit = limit_of(tree, group)) {
            const std::uint64_t left = *limit - std::min(*limit, used_by(tree, group));
            available = std::min(available.value_or(left), left);
        }
    }
    return available;
}

}  // namespace trilby::platform
