// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is in a model file, as `trilby inspect` prints it.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::tensors {

enum class ModelFormat : std::uint8_t {
    safetensors,
    sharded_safetensors,
    state_dict,
    torch_export
};

struct TensorSummary {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::uint64_t bytes = 0;
    std::optional<std::string> file;  ///< of a model in several files
};

/// All tensors of one type.
struct TypeSummary {
    std::string dtype;
    std::uint64_t tensors = 0;
    std::uint64_t parameters = 0;
    std::uint64_t bytes = 0;
};

struct FileSummary {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t tensors = 0;
};

struct ModelSummary {
    std::string path;
    ModelFormat format = ModelFormat::safetensors;
    std::uint64_t bytes = 0;       ///< of all files
    std::uint64_t parameters = 0;  ///< elements of all tensors
    std::optional<std::string> license;
    std::map<std::string, std::string> metadata;
    std::vector<TypeSummary> types;  ///< the one with the most bytes first
    std::vector<FileSummary> files;
    std::vector<TensorSummary> tensors;
};

/// Adds a tensor and counts it.
void add_tensor(ModelSummary& summary, TensorSummary tensor);

/// Reads the headers of a model in safetensors or of a state dict: of a file, an index of files, or
/// the model in a folder. ErrorCode::no_input or bad_data for what cannot be read, with what it
/// seems to be instead.
[[nodiscard]] Result<ModelSummary> summarize(const std::filesystem::path& path);

}  // namespace trilby::tensors
