// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Divides the rows of a table into training, validation and test.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "data/part.hpp"
#include "data/table.hpp"
#include "train/table/columns.hpp"
#include "train/table/inputs.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

/// A file with rows of a table, and where they are among the rows of all files.
struct TableFile {
    std::filesystem::path path;
    data::Range rows;
};

/// The files of a table, whose rows follow one another. Validation and test may have none.
struct TableFiles {
    TableFile training;
    TableFile validation;
    TableFile test;

    /// "row 3 of 'test.csv'", counted from 1 in the file.
    [[nodiscard]] std::string place_of(std::uint64_t row) const;
};

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
/// used.all(), and `files` says from which file each of its rows is. ErrorCode::bad_data for a part
/// without rows, and for a row without a part in the column that divides them.
[[nodiscard]] Result<PartRows> divide_rows(const Settings& settings, const UsedColumns& used,
                                           const data::TableValues& values,
                                           const TableFiles& files);

/// "60 rows for training, 16 for validation and 20 for the test, at random"
[[nodiscard]] std::string note_on_parts(const Settings& settings, const PartRows& rows);

}  // namespace trilby::train::table
