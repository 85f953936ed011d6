// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds out which column of a table is to be learned.

#pragma once

#include <optional>
#include <string>

#include "data/column.hpp"
#include "data/table_profile.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

struct ChosenTarget {
    std::string column;
    data::ColumnType type = data::ColumnType::number;  ///< or category
    std::string reason;                                ///< "the last column", for people
};

/// The column that the user wishes; else one that is called "target", "label", "class" or the like;
/// else the last one that can be learned. Numbers that count classes from 0 or 1 are a category, as
/// are a few whole numbers in a column with the name of a class.
/// ErrorCode::usage for a wish that cannot be granted, bad_data if no column can be learned.
[[nodiscard]] Result<ChosenTarget> choose_target(const data::TableProfile& profile,
                                                 const std::optional<std::string>& wish);

}  // namespace trilby::train::table
