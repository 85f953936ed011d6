// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "base/text.hpp"
#include "platform/environment.hpp"
#include "platform/free_space.hpp"
#include "platform/live_system.hpp"
#include "probe/environment/environment.hpp"

namespace trilby::sources {
namespace {

using Bytes = Observed<std::uint64_t>;

Bytes read_amount(const FileTree& tree, std::string_view name,
                  const std::function<std::optional<std::uint64_t>()>& ask) {
    return tree
        .answer(name,
                [&] {
                    const auto bytes = ask();
                    return bytes ? std::optional(fmt::format("{}", *bytes)) : std::nullopt;
                })
        .parse([](const std::string& text) { return parse_number<std::uint64_t>(text); });
}

}  // namespace

Bytes read_shared_memory(const FileTree& tree) {
    return read_amount(tree, "statvfs /dev/shm",
                       [] { return platform::total_space_bytes("/dev/shm"); });
}

Bytes read_locked_memory_limit(const FileTree& tree) {
    return read_amount(tree, "RLIMIT_MEMLOCK", platform::locked_memory_limit_bytes);
}

Bytes read_free_cache(const FileTree& tree) {
    return read_amount(tree, "statvfs of the user's cache",
                       [] { return platform::free_space_bytes(platform::xdg_cache_home()); });
}

Observed<std::vector<std::string>> read_swaps(const FileTree& tree) {
    return tree.read("/proc/swaps").parse([](const std::string& text) {
        std::vector<std::string> devices;
        for (const std::string_view line : split_lines(text)) {
            const auto words = split_words(line);
            if (!words.empty() && words.front().starts_with('/')) {
                devices.emplace_back(words.front());
            }
        }
        return std::optional(devices);
    });
}

}  // namespace trilby::sources
