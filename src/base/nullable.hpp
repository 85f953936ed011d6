// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <optional>

namespace trilby::json {

/// A member of a described record that is null if there is none, where an std::optional is left
/// out.
template <class T>
struct Nullable {
    std::optional<T> content;
};

}  // namespace trilby::json
