// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What people read when a training or a search begins.

#pragma once

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/chosen_backend.hpp"
#include "cli/training_plan.hpp"
#include "train/prepared_data.hpp"

namespace trilby::cli {

/// With --json, standard output is only for the document at the end.
[[nodiscard]] std::FILE* stream_for_people(bool as_json);

/// A path in the current folder as seen from there.
[[nodiscard]] std::filesystem::path shown(const std::filesystem::path& path);

/// What a person types to continue the run or search in `folder`, with the options of the command
/// line that the folder does not keep. `command` is "train" or "tune".
[[nodiscard]] std::string resume_command(std::string_view command,
                                         const std::filesystem::path& folder,
                                         const std::optional<std::string>& data,
                                         const DeviceOptions& options);

/// Warns about settings that are allowed but probably not intended.
void warn_of_waste(const DeviceOptions& options, const train::Recipe& recipe,
                   const train::PreparedData& data, const Machine& machine);

/// What was understood and decided.
void print_plan(const TrainingPlan& plan, const train::PreparedData& data,
                const std::string& backend, std::FILE* out);

}  // namespace trilby::cli
