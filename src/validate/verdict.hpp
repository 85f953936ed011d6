// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How a check can end. A check that did not run to its end is never a pass.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace trilby::validate {

/// From best to worst.
enum class Verdict : std::uint8_t {
    pass,
    skip,           ///< does not apply here; the report says why
    not_run,        ///< the user stopped before, or the device did not get that far
    out_of_memory,  ///< it needs more memory than there is
    time_out,       ///< it was silent for too long and was killed
    error,          ///< it could not be carried out: a library or the driver refused
    crash,          ///< its process died
    fail,           ///< the device computed something wrong, or too slowly
};

/// "pass", "skip", "not-run", "out-of-memory", "time-out", "error", "crash", "fail".
[[nodiscard]] std::string_view verdict_name(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdict_named(std::string_view name);

/// Whether the check came to its end, so that what it did can be judged.
[[nodiscard]] constexpr bool came_to_its_end(Verdict verdict) {
    return verdict == Verdict::pass || verdict == Verdict::fail;
}

/// Why a check was left out. A validation without it is complete only for the first reason.
enum class SkipReason : std::uint8_t {
    not_applicable,  ///< this device has nothing to check, such as a second card
    not_supported,   ///< the backend's libraries cannot do it
    not_permitted,   ///< this user may not see or do it
};

/// "not-applicable", "not-supported", "not-permitted".
[[nodiscard]] std::string_view skip_reason_name(SkipReason reason);

/// Whether a failure repeats.
enum class Persistence : std::uint8_t {
    permanent,     ///< with the same seed, it failed again
    intermittent,  ///< with the same seed, it passed
};

/// "permanent", "intermittent".
[[nodiscard]] std::string_view persistence_name(Persistence persistence);

}  // namespace trilby::validate
