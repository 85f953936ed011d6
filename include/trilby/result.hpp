// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Expected failures are return values. Trilby's libraries never throw, print or exit on bad input.

#pragma once

#include <cstdint>
#include <version>

#ifndef __cpp_lib_expected
#error "Trilby's headers need C++23: compile with -std=c++23"
#endif

#include <expected>
#include <string>
#include <utility>

namespace trilby {

/// The kinds of failure that a caller may handle differently. The number is the exit code of the
/// `trilby` command.
enum class ErrorCode : std::uint8_t {
    failed = 1,          ///< the work was attempted, and the result is negative
    internal = 2,        ///< a defect in Trilby itself
    usage = 64,          ///< the command line or a parameter is wrong
    bad_data = 65,       ///< an input exists, but its content is wrong
    no_input = 66,       ///< an input is missing or cannot be read
    unavailable = 69,    ///< no usable device, backend or network
    cannot_create = 73,  ///< an output cannot be created
    io = 74,             ///< reading or writing failed halfway, for example on a full disk
    interrupted = 130,   ///< the user or the system asked to stop
};

/// An expected failure: what was found, what was expected, where, and the remedy.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;  ///< lower-case start, no full stop
    std::string hint;     ///< the remedy as one sentence or command; empty if there is none
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for returning an Error from a function that returns Result<T>.
[[nodiscard]] inline std::unexpected<Error> failure(ErrorCode code, std::string message,
                                                    std::string hint = {}) {
    return std::unexpected(Error{code, std::move(message), std::move(hint)});
}

}  // namespace trilby
