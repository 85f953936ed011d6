// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The files in the folder of a run.

#pragma once

#include <array>
#include <filesystem>

#include <trilby/result.hpp>

namespace trilby::train {

inline constexpr const char* recipe_name = "recipe.toml";
inline constexpr const char* metrics_name = "metrics.jsonl";
inline constexpr const char* checkpoint_name = "checkpoint.safetensors";
/// Earlier checkpoints, the newest first (train/checkpoint_series.hpp).
inline constexpr std::array earlier_checkpoint_names{
    "checkpoint-1.safetensors", "checkpoint-2.safetensors", "checkpoint-3.safetensors",
    "checkpoint-4.safetensors", "checkpoint-5.safetensors"};
inline constexpr const char* result_name = "result.json";
inline constexpr const char* model_name = "model.pt2";  ///< of a run with an exported model
/// TensorBoard finds it by a part of its name.
inline constexpr const char* events_name = "events.out.tfevents.trilby";
inline constexpr std::array run_file_names{recipe_name,
                                           metrics_name,
                                           checkpoint_name,
                                           result_name,
                                           events_name,
                                           model_name,
                                           earlier_checkpoint_names[0],
                                           earlier_checkpoint_names[1],
                                           earlier_checkpoint_names[2],
                                           earlier_checkpoint_names[3],
                                           earlier_checkpoint_names[4]};
inline constexpr const char* lock_name = ".trilby-lock";

/// Whether there is anything at the path, even a link to nowhere.
[[nodiscard]] bool has_entry(const std::filesystem::path& path);

/// Whether a run was started in the folder. A run that was killed in its first epoch has no
/// checkpoint yet.
[[nodiscard]] bool is_run(const std::filesystem::path& folder);
/// ErrorCode::no_input if it is not.
[[nodiscard]] Result<void> require_run(const std::filesystem::path& folder);

/// Whether the run is being trained: its lock is held, by `trilby` or by a worker.
[[nodiscard]] bool is_in_use(const std::filesystem::path& run);

}  // namespace trilby::train
