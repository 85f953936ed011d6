// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// All settings for a table of which only the file is known.

#pragma once

#include <cstdint>
#include <filesystem>

#include "data/table_profile.hpp"
#include "train/choice.hpp"
#include "train/table/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

/// What the size of a network depends on.
struct TableShape {
    std::int64_t training_rows = 1;
    std::int64_t numbers = 0;
    std::int64_t categories = 0;
    std::int64_t outputs = 1;
};

/// Floating-point operations of training on one row once.
[[nodiscard]] double training_cost(const Settings& settings, const TableShape& shape);

/// Sets network, batch, epochs and rates, so that two CPU cores take one to two minutes, or less
/// where the table is small.
void choose_size(Settings& settings, LoopSettings& loop, OptimizerSettings& optimizer,
                 const TableShape& shape);

/// ErrorCode::usage for a wish that cannot be granted, bad_data if nothing can be learned.
[[nodiscard]] Result<Choice> choose(const std::filesystem::path& path, data::TableProfile profile,
                                    const Wishes& wishes);

}  // namespace trilby::train::table
