// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The trained network of a run as a file for other programs.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/describe.hpp"
#include "train/session.hpp"
#include "worker/client.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

enum class ExportFormat : std::uint8_t {
    safetensors,
    pt,   ///< a state dict, as torch.save() writes it
    pt2,  ///< the exported model of the run with its trained weights
    onnx,
};

struct ExportedFile {
    std::filesystem::path path;
    std::uint64_t tensors = 0;
    std::string_view weights;  ///< which ones: "those of the best epoch"
};

/// Writes the weights that are meant for use, with their names in the network: the best ones, else
/// their average, else the last ones. `run` is the folder of a run or a checkpoint. ONNX has the
/// schema of the data in its metadata. `session` says how to start a worker, which records the
/// graph of Trilby's own networks for ONNX.
///
/// ErrorCode::cannot_create if `file` exists. ErrorCode::bad_data for pt2 if the network was not
/// exported from Python, for onnx if a program defines it, and as onnx::translate().
[[nodiscard]] worker::Answer<ExportedFile> export_run(
    const std::filesystem::path& run, ExportFormat format, const std::filesystem::path& file,
    const std::function<Result<SessionOptions>()>& session);

TRILBY_DESCRIBE_ENUM(ExportFormat, '-', safetensors, pt, pt2, onnx)

}  // namespace trilby::train
