// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a recording keeps of each kind of file: the lines and values that the probe reads, without
/// the words that are not known.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recording/redaction.hpp"

namespace trilby::recording {

/// Nothing for a file of no known kind, which is not recorded.
[[nodiscard]] std::optional<std::string> filtered(Redaction& redaction, std::string_view path,
                                                  std::string_view content);

/// The same for the answer to a call, by its name.
[[nodiscard]] std::string filtered_answer(Redaction& redaction, std::string_view name,
                                          std::string_view answer);

}  // namespace trilby::recording
