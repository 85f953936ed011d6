// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "probe/environment/environment.hpp"

namespace trilby::sources {
namespace {

constexpr const char* repositories_folder = "/etc/yum.repos.d";
constexpr const char* overrides_folder = "/etc/dnf/repos.override.d";

bool is_true(std::string_view word) {
    constexpr std::array<std::string_view, 4> words{"1", "true", "yes", "True"};
    return std::ranges::find(words, word) != words.end();
}

void set_option(Repository& repository, std::string_view key, std::string_view value) {
    if (value.find('@') != std::string_view::npos) {
        return;  // it may contain a password
    }
    if (key == "enabled") {
        repository.is_enabled = is_true(value);
    } else if (key == "baseurl") {
        repository.base_url = value;
    } else if (key == "gpgkey") {
        repository.gpg_key = value;
    } else if (key == "exclude" || key == "excludepkgs") {
        repository.excludes = value;
    }
}

/// Calls `take(section, key, value)` for each line "key=value", and with an empty key for each line
/// "[section]".
template <class Take>
void for_each_option(std::string_view text, Take take) {
    std::string_view section;
    for (const std::string_view raw : split_lines(text)) {
        const std::string_view line = trim(raw);
        const std::size_t equals = line.find('=');
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
            take(section, std::string_view(), std::string_view());
        } else if (!section.empty() && equals != std::string_view::npos && !line.starts_with('#')) {
            take(section, trim(line.substr(0, equals)), trim(line.substr(equals + 1)));
        }
    }
}

void add_repositories(std::vector<Repository>& found, std::string_view text,
                      const std::string& path) {
    for_each_option(text, [&](std::string_view id, std::string_view key, std::string_view value) {
        if (key.empty()) {
            found.push_back({.id = std::string(id),
                             .path = path,
                             .base_url = {},
                             .gpg_key = {},
                             .excludes = {},
                             .is_enabled = true});
        } else {
            set_option(found.back(), key, value);
        }
    });
}

bool matches(std::string_view pattern, std::string_view id) {
    return pattern.ends_with('*') ? id.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : id == pattern;
}

/// A section is the ID of a repository, or a prefix of IDs if it ends with "*".
void change_repositories(std::vector<Repository>& repositories, std::string_view text) {
    for_each_option(text, [&](std::string_view id, std::string_view key, std::string_view value) {
        for (Repository& repository : repositories) {
            if (matches(id, repository.id)) {
                set_option(repository, key, value);
            }
        }
    });
}

std::vector<std::string> repository_files(const ListReader& reader, const char* folder) {
    std::vector<std::string> paths;
    for (const std::string& name : reader.names(folder).value_or({})) {
        if (name.ends_with(".repo")) {
            paths.push_back(fmt::format("{}/{}", folder, name));
        }
    }
    return paths;
}

}  // namespace

Observed<std::vector<Repository>> read_repositories(const FileTree& tree, UnreadPaths& unread) {
    using Found = Observed<std::vector<Repository>>;
    const auto names = tree.list(repositories_folder);
    if (!names) {
        return Found::missing(names.presence(), names.source());
    }
    const ListReader reader(tree, FactList::repositories, unread);
    std::vector<Repository> found;
    for (const std::string& path : repository_files(reader, repositories_folder)) {
        add_repositories(found, reader.text(path), path);
    }
    for (const std::string& path : repository_files(reader, overrides_folder)) {
        change_repositories(found, reader.text(path));
    }
    return Found::present(std::move(found), names.source());
}

}  // namespace trilby::sources
