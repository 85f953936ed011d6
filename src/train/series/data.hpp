// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A series for a worker: the array "values" (rows x variables, f32), standardized, with all parts
/// in the order of time. If values are missing, they are filled with earlier ones, and "known"
/// (rows x variables, u8) is 0 for them: a network sees them, but they are not targets.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "data/part.hpp"
#include "data/series.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/series/schema.hpp"
#include "train/series/settings.hpp"
#include "train/shared_arrays.hpp"
#include <trilby/result.hpp>

namespace trilby::train::series {

/// ErrorCode::bad_data, with the place in the recipe, for settings that do not fit each other.
[[nodiscard]] Result<void> check_network(const Settings& settings, const Recipe& recipe);

/// What the recipe reads from its file.
[[nodiscard]] data::SeriesChoice choice_of(const Settings& settings);

/// The parts of a series of `rows` rows. ErrorCode::bad_data if a part that is wanted has no
/// window.
[[nodiscard]] Result<data::Parts> parts_of(const Settings& settings, std::int64_t rows);

/// ErrorCode::bad_data if a part has windows, but no known value that they forecast. `what` is the
/// part in words.
[[nodiscard]] Result<void> check_targets(const Settings& settings, const data::Series& series,
                                         const data::Range& part, std::string_view what);

/// Means and deviations of the known values of the rows `training`, and the period there. A
/// variable that is constant in them has the deviation 1. ErrorCode::bad_data if a value is too
/// large to compute with, or if a variable has none.
[[nodiscard]] Result<Schema> make_schema(const data::Series& series, const data::Range& training);

/// The arrays of a series that has the schema's variables.
[[nodiscard]] Result<SharedArrays> make_arrays(const Schema& schema, const data::Series& series);

/// The array "known"; empty if there is none, because all values are known.
[[nodiscard]] std::span<const std::uint8_t> known_of(const SharedArrays& arrays);

[[nodiscard]] Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                                           const std::optional<std::filesystem::path>& folder);

}  // namespace trilby::train::series
