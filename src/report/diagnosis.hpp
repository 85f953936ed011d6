// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A diagnosis for people and for programs.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "machine/errors/error_meaning.hpp"
#include "report/layout.hpp"
#include <trilby/doctor.hpp>
#include <trilby/selection.hpp>

namespace trilby::report {

/// The findings, the first to fix at the top, or a sentence if there are none; then the facts that
/// could not be read. `family` is the requested one, or empty.
[[nodiscard]] SafeText to_text(const Diagnosis& diagnosis, std::string_view family,
                               const Style& style);

/// A line for each finding, which is not folded; empty if there is none.
[[nodiscard]] SafeText to_lines(const Diagnosis& diagnosis, const Style& style);

/// The document that docs/schemas/diagnosis-1.schema.json describes. `choice` is the backend that
/// training uses, if known; `machine` has the facts of the diagnosis.
[[nodiscard]] json::object to_json(const Diagnosis& diagnosis,
                                   const std::optional<Result<Choice>>& choice,
                                   const Machine& machine);

/// The page of one condition.
[[nodiscard]] SafeText to_text(const Explanation& explanation, const Style& style);
/// Its id and title on a line, which is not folded.
[[nodiscard]] SafeText to_line(const Explanation& explanation, const Style& style);
[[nodiscard]] json::object to_json(const Explanation& explanation);

/// What a counter of errors, such as "Xid 79", means.
[[nodiscard]] SafeText to_text(std::string_view counter, const ErrorMeaning& meaning,
                               const Style& style);
[[nodiscard]] json::object to_json(std::string_view counter, const ErrorMeaning& meaning);

}  // namespace trilby::report
