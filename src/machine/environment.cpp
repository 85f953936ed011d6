// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/environment.hpp"

#include <algorithm>
#include <vector>

namespace trilby {
namespace {

template <class Entry, class T>
Observed<T> look_up(const std::vector<Entry>& entries, std::string_view name,
                    std::string Entry::*key, Observed<T> Entry::*value) {
    const auto entry = std::ranges::find(entries, name, key);
    return entry != entries.end() ? (*entry).*value
                                  : Observed<T>::missing(Presence::absent, std::string(name));
}

}  // namespace

Observed<std::string> variable(const Machine& machine, std::string_view name) {
    return look_up(machine.environment.variables, name, &EnvironmentVariable::name,
                   &EnvironmentVariable::value);
}

Observed<bool> file_state(const Machine& machine, std::string_view path) {
    return look_up(machine.environment.files, path, &FileState::path, &FileState::exists);
}

std::vector<const UnreadPath*> unread_paths(const Machine& machine, FactList list,
                                            std::string_view folder) {
    std::vector<const UnreadPath*> found;
    for (const UnreadPath& unread : machine.environment.unread) {
        if (unread.list == list && unread.path.starts_with(folder)) {
            found.push_back(&unread);
        }
    }
    return found;
}

bool is_complete(const Machine& machine, FactList list, std::string_view folder) {
    return unread_paths(machine, list, folder).empty();
}

Observed<std::string> text_of(const Machine& machine, std::string_view path) {
    return look_up(machine.environment.texts, path, &TextFile::path, &TextFile::text);
}

}  // namespace trilby
