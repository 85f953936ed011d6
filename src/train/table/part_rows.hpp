// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Divides the rows of a table into training, validation and test.

#pragma once

#include <string>

#include "data/part.hpp"
#include "data/table.hpp"
#include "train/table/columns.hpp"
#include "train/table/inputs.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

struct PartRows {
    Rows training;
    Rows validation;
    Rows test;

    [[nodiscard]] const Rows& of(data::Part part) const;
    /// The parts one after the other.
    [[nodiscard]] Rows all() const;
    /// Where the parts are in all().
    [[nodiscard]] data::Parts ranges() const;
};

/// Divides the rows as the recipe says; rows without a target are left out. `values` has
/// used.all(), and `files` says which of its rows are from the table and from the files for
/// validation and test. ErrorCode::bad_data for a part without rows.
[[nodiscard]] Result<PartRows> divide_rows(const Settings& settings, const UsedColumns& used,
                                           const data::TableValues& values,
                                           const data::Parts& files);

/// "60 rows for training, 16 for validation and 20 for the test, at random"
[[nodiscard]] std::string note_on_parts(const Settings& settings, const PartRows& rows);

}  // namespace trilby::train::table
