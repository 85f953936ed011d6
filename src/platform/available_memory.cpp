// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/available_memory.hpp"

#include <string>

#include "base/text.hpp"

namespace trilby::platform {

std::optional<std::uint64_t> available_memory_bytes(const FileTree& tree) {
    const std::string text = tree.read("/proc/meminfo").value_or("");
    for (const std::string_view line : split_lines(text)) {
        const auto words = split_words(line);  // "MemAvailable:   32777916 kB"
        if (words.size() == 3 && words[0] == "MemAvailable:") {
            const auto kibibytes = parse_number<std::uint64_t>(words[1]);
            return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace trilby::platform
