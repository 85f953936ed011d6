// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which columns of a table make a series.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "data/series.hpp"
#include "data/table_profile.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

struct SeriesColumns {
    std::optional<std::size_t> time;
    std::vector<std::size_t> variables;
};

/// By default, the first column with dates, best one in equal steps, and all columns with numbers.
[[nodiscard]] Result<SeriesColumns> find_columns(const TableProfile& table,
                                                 const SeriesChoice& choice);

/// What people should know about the choice: one sentence for each column that is not used or not
/// whole.
[[nodiscard]] std::vector<std::string> notes_on_columns(const TableProfile& table,
                                                        const SeriesColumns& columns);

}  // namespace trilby::data
