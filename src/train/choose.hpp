// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/choice.hpp"
#include "train/dataset_catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// Settings for the data at a path: their kind decides the task, and the task chooses the rest.
/// ErrorCode::bad_data for data from which nothing can be learned.
[[nodiscard]] Result<Choice> choose(const std::filesystem::path& path, const Wishes& wishes);

/// The same for a known data set. ErrorCode::no_input if its only file is not on this machine; the
/// files of images are not searched for.
[[nodiscard]] Result<Choice> choose(const Dataset& dataset, const Wishes& wishes);

/// The changes of with_changes() that belong to the section [data], for the wishes.
[[nodiscard]] std::vector<std::string> data_changes(const std::vector<std::string>& changes);

}  // namespace trilby::train
