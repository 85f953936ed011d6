// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include "data/text_profile.hpp"
#include "train/choice.hpp"
#include <trilby/result.hpp>

namespace trilby::train::text {

/// All settings for a text, so that two CPU cores take about four minutes, or less where the text
/// is too short to learn more from it. ErrorCode::usage for a target: a text has no columns.
[[nodiscard]] Result<Choice> choose(const std::filesystem::path& path,
                                    const data::TextSummary& text, const Wishes& wishes);

}  // namespace trilby::train::text
