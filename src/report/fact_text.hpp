// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A fact of the machine in one line.

#pragma once

#include <string>

#include "base/text.hpp"
#include <trilby/observed.hpp>

namespace trilby::report {

[[nodiscard]] inline std::string text_of(const Observed<std::string>& fact, const char* otherwise) {
    return fact ? one_line(*fact) : std::string(otherwise);
}

}  // namespace trilby::report
