// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is behind the classes of <trilby/train.hpp>.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/train.hpp>

namespace trilby {

struct Dataset::Content {
    train::Recipe recipe;  ///< for the data, with the task's own network
    train::PreparedData data;
    std::vector<std::string> decisions;
};

/// The value, or an Exception.
template <class T>
T value_of(Result<T> result) {
    if (!result) {
        throw Exception(std::move(result.error()));
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

/// As train::with_changes() takes them: "training.epochs=5".
[[nodiscard]] std::vector<std::string> changes_of(const Settings& settings);

}  // namespace trilby
