// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is behind the classes of <trilby/train.hpp>.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/train.hpp>

namespace trilby {

/// What a program may want to know of its data, by task.
struct Facts {
    std::vector<std::int64_t> input_shape;
    std::vector<std::int64_t> output_shape;
    std::vector<std::string> classes = {};
    std::int64_t tokens = 0;
    std::int64_t numbers = 0;
    std::vector<std::int64_t> categories = {};
};

struct [[gnu::visibility("hidden")]] Dataset::Content {
    train::Recipe recipe;  ///< for the data, with the task's own network
    train::PreparedData data;
    Facts facts;
    std::vector<std::string> decisions;

    /// Fills the arrays.
    [[nodiscard]] static Content of(train::Recipe recipe, train::PreparedData data,
                                    std::vector<std::string> decisions);
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

}  // namespace trilby
