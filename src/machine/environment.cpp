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

Observed<std::string> text_of(const Machine& machine, std::string_view path) {
    return look_up(machine.environment.texts, path, &TextFile::path, &TextFile::text);
}

}  // namespace trilby
