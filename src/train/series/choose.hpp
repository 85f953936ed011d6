// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// All settings for a series of which only the file is known.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "data/table_profile.hpp"
#include "train/choice.hpp"
#include "train/series/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::series {

/// What the settings depend on.
struct Profile {
    std::string path;
    std::int64_t steps = 0;
    std::int64_t variables = 1;
    std::string step;         ///< "1 hour"
    std::int64_t period = 1;  ///< 1: none
};

/// Chooses the settings that `known` leaves open. Those that are known decide about the parts.
[[nodiscard]] Choice choose(const Profile& profile, const Settings& known);

/// Reads the series first. ErrorCode::bad_data if it cannot be used or is too short.
[[nodiscard]] Result<Choice> choose(const std::filesystem::path& path,
                                    const data::TableProfile& table, const Wishes& wishes);

}  // namespace trilby::train::series
