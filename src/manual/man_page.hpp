// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Pages in the language of man(7).

#pragma once

#include <string>

#include "manual/manual.hpp"

namespace trilby::manual {

/// The same bytes for the same version: nothing depends on when or where it was built.
[[nodiscard]] std::string man_page(const Page& page, const Manual& manual);

}  // namespace trilby::manual
