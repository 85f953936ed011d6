// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

#include "report/markup.hpp"
#include "validate/validation.hpp"

namespace trilby::report {

/// Rows of a table of facts: the device, its libraries, the system and the program.
[[nodiscard]] Markup subject_facts(const validate::Subject& subject, const Machine& machine,
                                   std::string_view program_version);

}  // namespace trilby::report
