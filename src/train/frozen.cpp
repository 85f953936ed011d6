// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/frozen.hpp"

#include <algorithm>

namespace trilby::train {

bool is_frozen(std::string_view name, const std::vector<std::string>& frozen) {
    return std::ranges::any_of(frozen, [&](std::string_view part) {
        return !part.empty() && name.starts_with(part) &&
               (name.size() == part.size() || name[part.size()] == '.');
    });
}

}  // namespace trilby::train
