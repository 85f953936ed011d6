// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What manual pages are made of.

#pragma once

#include <vector>

#include "manual/command_tree.hpp"
#include "manual/page.hpp"

namespace trilby::manual {

struct Manual {
    CommandNode tree;
    std::vector<Page> pages;
};

/// From the parser and pages/. ErrorCode::internal if a command has no page, or a page no command.
[[nodiscard]] Result<Manual> make_manual();

}  // namespace trilby::manual
