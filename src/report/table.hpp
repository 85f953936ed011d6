// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/safe_text.hpp"

namespace trilby::report {

/// Plain text in columns: the first is aligned to the left, the others to the right.
class Table {
  public:
    /// Longer cells are cut.
    explicit Table(std::vector<std::string> header, std::size_t most_bytes = 40)
        : most_bytes_(most_bytes) {
        add(std::move(header));
    }

    /// As many cells as the header has.
    void add(std::vector<std::string> cells);
    [[nodiscard]] SafeText text() const;

  private:
    std::size_t most_bytes_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

}  // namespace trilby::report
