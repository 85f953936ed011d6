// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::search {

/// The data of trials. They have no test part, so that nothing can be chosen by it. They are kept
/// for the next trial, which mostly needs the same.
class TrialData {
  public:
    /// `folder` is the user's choice of the folder of a known data set.
    explicit TrialData(std::optional<std::filesystem::path> folder) : folder_(std::move(folder)) {}

    /// ErrorCode::usage if there is no validation part, by which a search decides.
    [[nodiscard]] Result<PreparedData*> of(const Recipe& recipe);

  private:
    std::optional<std::filesystem::path> folder_;
    std::string key_;  ///< the settings of `data_`
    std::optional<PreparedData> data_;
};

}  // namespace trilby::train::search
