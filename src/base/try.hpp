// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Early return of errors. A macro because nothing else can return from its caller, and because
/// GCC 12's std::expected has no and_then().

#pragma once

#include <expected>
#include <utility>

/// Evaluates a Result<T>; on failure returns its error from the enclosing function, else defines
/// `variable` as a reference to the value.
#define TRILBY_TRY(variable, expression)                              \
    auto variable##_result = (expression);                            \
    if (!variable##_result) {                                         \
        return std::unexpected(std::move(variable##_result).error()); \
    }                                                                 \
    auto& variable = *variable##_result

/// The same for a Result<void>, or when the value is not needed.
#define TRILBY_CHECK(expression)                                   \
    if (auto checked_result = (expression); !checked_result) {     \
        return std::unexpected(std::move(checked_result).error()); \
    }
