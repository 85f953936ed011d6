// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A checkpoint: one safetensors file (huggingface/safetensors, format 0.x) with all tensors that a
/// run needs to resume, and the run's position as metadata. Any safetensors reader can open it;
/// ours also verifies a SHA-256 of the file, since the format has no checksum.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

/// A reference to a tensor. The caller owns the bytes, which are little-endian and row-major.
struct TensorView {
    std::string name;
    std::string dtype;  ///< of safetensors: "F32", "I64", ...
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

using Metadata = std::map<std::string, std::string>;

/// Writes the file atomically: after any failure the previous one is untouched.
[[nodiscard]] Result<void> write_checkpoint(const std::filesystem::path& path,
                                            std::span<const TensorView> tensors,
                                            const Metadata& metadata);

/// Reads only the header of a checkpoint, so neither its tensors nor its digest are verified, but
/// the file must be as long as the header says.
[[nodiscard]] Result<Metadata> read_metadata(const std::filesystem::path& path);

/// A checkpoint in memory; its tensors are views into it.
class Checkpoint {
  public:
    /// Reads and verifies: structure, bounds, sizes against shapes, finite numbers, digest.
    [[nodiscard]] static Result<Checkpoint> read(const std::filesystem::path& path);

    [[nodiscard]] const Metadata& metadata() const { return metadata_; }
    [[nodiscard]] const std::vector<TensorView>& tensors() const { return tensors_; }

  private:
    std::vector<std::byte> content_;
    Metadata metadata_;
    std::vector<TensorView> tensors_;
};

}  // namespace trilby::train
