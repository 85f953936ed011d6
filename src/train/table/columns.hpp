// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which columns of a table are used, and as what.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "data/table_profile.hpp"
#include "train/recipe.hpp"
#include "train/table/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

struct UsedColumns {
    std::vector<data::Column> inputs;
    data::Column target;
    std::optional<data::Column> split;  ///< of SplitKind::column

    /// The inputs, the target and perhaps the split.
    [[nodiscard]] std::vector<data::Column> all() const;
};

/// The columns with the types that the recipe chooses, or those that fit best. ErrorCode::bad_data,
/// with the recipe's place, for a column that is not there and a type that does not fit.
[[nodiscard]] Result<std::vector<data::Column>> typed_columns(const data::TableProfile& profile,
                                                              const Settings& settings,
                                                              const Recipe& recipe);

/// ErrorCode::bad_data if the target cannot be learned, or if there is nothing to learn it from.
[[nodiscard]] Result<UsedColumns> used_columns(std::vector<data::Column> columns,
                                               const Settings& settings, const Recipe& recipe);

/// "not used: id (it only counts the rows)"; empty if all columns are used.
[[nodiscard]] std::string note_on_ignored(const std::vector<data::Column>& columns);

}  // namespace trilby::train::table
