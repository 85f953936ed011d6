// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Expected failures are values. Nothing in Trilby's libraries throws, prints or exits on bad
/// input.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace trilby {

/// What a caller may want to treat differently. The number is the exit code of the `trilby`
/// command.
enum class ErrorCode : std::uint8_t {
    failed = 1,          ///< the work was done or tried, and the answer is no
    internal = 2,        ///< a defect in Trilby itself
    usage = 64,          ///< the command line or a parameter is wrong
    bad_data = 65,       ///< an input exists, but its content is wrong
    no_input = 66,       ///< an input is missing or may not be read
    unavailable = 69,    ///< no usable device, backend or network
    cannot_create = 73,  ///< an output cannot be made
    io = 74,             ///< reading or writing failed half-way, a full disk among them
    interrupted = 130,   ///< the user or the system asked to stop
};

/// An expected failure: what was found, what was expected and where; then what to do about it.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;  ///< lower-case start, no full stop
    std::string hint;     ///< the remedy as one sentence or command; empty if there is none
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for returning an Error from a function whose type is Result<T>.
[[nodiscard]] inline std::unexpected<Error> failure(ErrorCode code, std::string message,
                                                    std::string hint = {}) {
    return std::unexpected(Error{code, std::move(message), std::move(hint)});
}

}  // namespace trilby
