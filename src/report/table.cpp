// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace trilby::report {

void Table::add(std::vector<std::string> cells) {
    widths_.resize(std::max(widths_.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = one_line(cells[i], most_bytes_);
        widths_[i] = std::max(widths_[i], cells[i].size());
    }
    rows_.push_back(std::move(cells));
}

SafeText Table::text() const {
    std::string text;
    for (const auto& row : rows_) {
        std::string line = fmt::format("{:{}}", row.front(), widths_.front());
        for (std::size_t i = 1; i < row.size(); ++i) {
            line += fmt::format("  {:>{}}", row[i], widths_[i]);
        }
        text += line + '\n';
    }
    return SafeText::lines(text);
}

}  // namespace trilby::report
