// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A checkpoint: one safetensors file (src/tensors/) with all tensors that a run needs to resume,
/// and the run's position as metadata. Any safetensors reader can open it; this one also verifies a
/// SHA-256 of the file, since the format has no checksum.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/atomic_file.hpp"
#include "train/sharing.hpp"
#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::train {

using safetensors::TensorView;
using Metadata = std::map<std::string, std::string>;

/// ErrorCode::unavailable if a checkpoint with so many bytes of tensors, and so many in its header,
/// could not be read.
[[nodiscard]] Result<void> require_readable(std::uint64_t tensor_bytes, std::uint64_t header_bytes);

/// Writes the file atomically: after any failure the previous one is untouched. Calls
/// `before_replacing` when the new file is complete and the previous one is still in its place.
[[nodiscard]] Result<void> write_checkpoint(const std::filesystem::path& path,
                                            std::span<const TensorView> tensors,
                                            const Metadata& metadata,
                                            const platform::BeforeReplacing& before_replacing = {});

/// Reads only the header of a checkpoint: its structure is verified, but neither its numbers nor
/// its digest.
[[nodiscard]] Result<Metadata> read_metadata(const std::filesystem::path& path);

/// As JSON, and back.
[[nodiscard]] std::string to_text(const Metadata& metadata);
[[nodiscard]] Result<Metadata> metadata_of(const std::string& text);

/// Adds the keys of a checkpoint.
void add_sharing(Metadata& metadata, const Sharing& sharing);
/// Nothing for checkpoints of earlier versions, and for numbers that cannot be true.
[[nodiscard]] std::optional<Sharing> sharing_of(const Metadata& metadata);

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

/// How the names of the weights that are meant for use begin: the best ones, else their average,
/// else the last ones.
[[nodiscard]] std::string prefix_of_weights(const Checkpoint& checkpoint);

}  // namespace trilby::train
