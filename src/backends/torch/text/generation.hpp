// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The job `generate` of docs/jobs.md.

#pragma once

#include <filesystem>

#include "backends/common/backend.hpp"
#include "backends/torch/task.hpp"
#include "train/text/generation.hpp"

namespace trilby::backends {

/// Continues the array "prompt" of `data` with the weights of a checkpoint, one event per token.
[[nodiscard]] Result<json::object> generate(const train::Recipe& recipe, const TaskData& data,
                                            const std::filesystem::path& checkpoint,
                                            const train::text::GenerationSettings& settings,
                                            const torch::Device& device, const JobContext& context);

}  // namespace trilby::backends
