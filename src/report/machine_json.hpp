// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The documents that `--json` prints: docs/schemas describes their form.

#pragma once

#include "base/json.hpp"
#include "base/safe_text.hpp"
#include <trilby/probe.hpp>
#include <trilby/selection.hpp>

namespace trilby::report {

/// Every value is {"value": ..., "presence": "present", "source": "/path"}; one that is not there
/// has a null value. Text from outside is made printable, so that the document is valid UTF-8.
[[nodiscard]] json::object to_json(const Machine& machine);
/// The same as text for people and programs.
[[nodiscard]] SafeText json_text(const Machine& machine);

[[nodiscard]] json::object to_json(const Selection& selection);

[[nodiscard]] std::string_view answer_name(Answer answer);

}  // namespace trilby::report
