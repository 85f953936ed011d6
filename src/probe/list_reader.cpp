// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/list_reader.hpp"

#include <algorithm>

namespace trilby::sources {

bool ListReader::has(const std::string& path) const {
    const Presence presence = tree_.presence(path);
    // The folder denies access, not the file.
    note(presence == Presence::denied ? path.substr(0, path.rfind('/')) : path, presence);
    return presence == Presence::present;
}

Observed<std::vector<std::string>> ListReader::names(const std::string& folder) const {
    auto names = tree_.list(folder);
    note(folder, names.presence());
    return names;
}

std::string ListReader::text(const std::string& path, std::size_t limit_bytes) const {
    const auto text = tree_.read(path, limit_bytes);
    note(path, text.presence());
    return text.value_or("");
}

void ListReader::for_each_line(const std::string& path,
                               const std::function<bool(std::string_view)>& take) const {
    note(path, tree_.for_each_line(path, take));
}

void ListReader::note(const std::string& path, Presence presence) const {
    constexpr std::ptrdiff_t most = 100;  // even one makes the list incomplete
    if (!is_unreadable(presence)) {
        return;
    }
    const bool is_known = std::ranges::any_of(unread_, [&](const UnreadPath& other) {
        return other.list == list_ && other.path == path;
    });
    if (!is_known && std::ranges::count(unread_, list_, &UnreadPath::list) < most) {
        unread_.push_back({list_, path, presence});
    }
}

}  // namespace trilby::sources
