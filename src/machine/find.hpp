// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Looks entries up in the lists of a machine.

#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <trilby/observed.hpp>

namespace trilby {

/// The first entry whose `member` is `name`; null if there is none or the list is missing.
template <class T, class Name>
[[nodiscard]] const T* find_named(const Observed<std::vector<T>>& list, std::string_view name,
                                  Name T::*member) {
    if (!list) {
        return nullptr;
    }
    const auto entry = std::ranges::find(*list, name, member);
    return entry == list->end() ? nullptr : &*entry;
}

/// The entries for which `matches` is true; empty if the list is missing.
template <class T, class Predicate>
[[nodiscard]] std::vector<const T*> find_all(const Observed<std::vector<T>>& list,
                                             Predicate matches) {
    std::vector<const T*> found;
    if (list) {
        for (const T& entry : *list) {
            if (matches(entry)) {
                found.push_back(&entry);
            }
        }
    }
    return found;
}

}  // namespace trilby
