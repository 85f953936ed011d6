// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A checkpoint: one safetensors file (huggingface/safetensors, format 0.x) with every tensor that
/// a run needs to go on, and the run's position in its metadata. Any safetensors reader can open
/// it; ours also verifies a SHA-256 over all of it, since the format has no checksum.

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

/// A tensor by reference: the bytes are the caller's, little-endian and row-major.
struct TensorView {
    std::string name;
    std::string dtype;  ///< "F32", "I64", ... as safetensors spells them
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

using Metadata = std::map<std::string, std::string>;

/// Writes the file atomically: after any failure the previous one is untouched.
[[nodiscard]] Result<void> write_checkpoint(const std::filesystem::path& path,
                                            std::span<const TensorView> tensors,
                                            const Metadata& metadata);

/// A checkpoint in memory; its tensors are views into it.
class Checkpoint {
  public:
    /// Reads and verifies: structure, bounds, sizes against shapes, digest.
    [[nodiscard]] static Result<Checkpoint> read(const std::filesystem::path& path);

    [[nodiscard]] const Metadata& metadata() const { return metadata_; }
    [[nodiscard]] const std::vector<TensorView>& tensors() const { return tensors_; }

  private:
    std::vector<std::byte> content_;
    Metadata metadata_;
    std::vector<TensorView> tensors_;
};

}  // namespace trilby::train
