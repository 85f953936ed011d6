// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the pages of plain text to be signed have in common.

#pragma once

#include <string_view>

#include "base/json.hpp"
#include "report/layout.hpp"
#include "validate/validation.hpp"

namespace trilby::report {

// For plain paper: no color, and no wider than a letter.
inline constexpr Style paper{.columns = 80, .has_color = false};

[[nodiscard]] SafeText page_line(std::string_view label, std::string_view text);
[[nodiscard]] SafeText title_lines(std::string_view title);
[[nodiscard]] SafeText page_heading(std::string_view text);

/// The digest of the document that --json prints, which ties the page to one result.
[[nodiscard]] SafeText digest_lines(const json::object& document);

/// The device, its libraries and what is unknown about it.
[[nodiscard]] SafeText subject_lines(const Machine& machine, const validate::Subject& subject,
                                     std::string_view program_version);
/// The drivers, and the firmware of the device.
[[nodiscard]] SafeText firmware_lines(const Machine& machine, const validate::Subject& subject);

/// Where to sign.
[[nodiscard]] SafeText signature_lines();

}  // namespace trilby::report
