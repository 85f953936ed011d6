// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/personal_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "platform/environment.hpp"

namespace trilby::recording {
bool is_common_name(std::string_view name) {
    constexpr std::array<std::string_view, 7> common{"fedora",  "debian", "localhost", "toolbx",
                                                     "toolbox", "torch",  "user"};
    return std::ranges::find(common, name) != common.end();
}

std::vector<std::string> personal_names(const platform::FileTree& tree) {
    constexpr std::uint32_t first_person = 1000;
    constexpr std::uint32_t nobody = 65534;
    std::vector<std::string> names;
    for (const char* path : {"/proc/sys/kernel/hostname", "/etc/hostname"}) {
        const std::string host = tree.read_trimmed(path).value_or("");
        for (const std::string& name : {host, host.substr(0, host.find('.'))}) {
            if (!is_common_name(name)) {
                names.push_back(name);
            }
        }
    }
    // Users from a directory service are not in the file.
    for (const char* variable : {"USER", "LOGNAME"}) {
        const auto name = platform::environment_variable(variable);
        if (tree.is_live() && name && *name != "root" && !is_common_name(*name)) {
            names.push_back(*name);
        }
    }
    const std::string accounts = tree.read("/etc/passwd").value_or("");
    for (const std::string_view line : split_lines(accounts)) {
        const std::size_t password = line.find(':');
        const std::size_t id = line.find(':', password + 1);
        if (password == std::string_view::npos || id == std::string_view::npos) {
            continue;
        }
        const auto number =
            parse_number<std::uint32_t>(line.substr(id + 1, line.find(':', id + 1) - id - 1));
        const std::string_view name = line.substr(0, password);
        if (number.value_or(0) >= first_person && *number != nobody && !is_common_name(name)) {
            names.emplace_back(name);
        }
    }
    return names;
}

}  // namespace trilby::recording
