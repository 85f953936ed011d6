// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files of tensors in the safetensors format (huggingface/safetensors), which hold no code. Files
/// are hostile until shown otherwise: every rule of the format is enforced before a tensor is read,
/// and its types, names and sizes follow from the header alone.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/result.hpp>

namespace trilby::safetensors {

/// A tensor to write. The caller owns the bytes, which are little-endian and row-major.
struct TensorView {
    std::string name;
    std::string dtype;  ///< "F32", "I64", ...
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// A tensor in a file. It need not be aligned to the size of its elements.
struct TensorInfo {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;  ///< empty for a scalar
    std::uint64_t offset_bytes = 0;   ///< from the start of the file
    std::uint64_t size_bytes = 0;
};

struct MetadataEntry {
    std::string key;
    std::string value;

    friend bool operator==(const MetadataEntry&, const MetadataEntry&) = default;
};
/// In the order of the file; no key occurs twice.
using Metadata = std::vector<MetadataEntry>;

/// The size of an element in bits, which is less than a byte for F4 and F6; nothing for an unknown
/// type.
[[nodiscard]] TRILBY_API std::optional<unsigned> bits_of(std::string_view dtype);

/// An open file. Copies share it.
///
/// The file is read, not mapped: a program that touches a mapped file is killed by SIGBUS if
/// another one makes the file shorter, while a read only fails.
class TRILBY_API File {
  public:
    /// Reads and verifies the header. ErrorCode::no_input for a file that cannot be opened, and
    /// bad_data for one that breaks a rule of the format or has an unknown type.
    [[nodiscard]] static Result<File> open(const std::filesystem::path& path);
    /// The same for a file in a folder. A name or a link that leads out of the folder is bad_data.
    [[nodiscard]] static Result<File> open_below(const std::filesystem::path& folder,
                                                 const std::string& name);

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] std::uint64_t size_bytes() const;
    /// In the order of the header.
    [[nodiscard]] const std::vector<TensorInfo>& tensors() const;
    [[nodiscard]] const Metadata& metadata() const;
    /// Null if there is no tensor of that name.
    [[nodiscard]] const TensorInfo* find(std::string_view name) const;

    /// Reads the bytes of a tensor of this file from `first_byte` on, until `into` is full.
    /// ErrorCode::usage for more bytes than the tensor has, and io if the file became shorter.
    [[nodiscard]] Result<void> read(const TensorInfo& tensor, std::span<std::byte> into,
                                    std::uint64_t first_byte = 0) const;

  private:
    struct Content;
    explicit File(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

    std::shared_ptr<const Content> content_;
};

/// A model in several files, which an index lists: model.safetensors.index.json.
class TRILBY_API ShardedModel {
  public:
    /// Opens every file, each of which must lie in the folder of the index and have exactly the
    /// tensors that the index lists for it. The errors are those of File::open_below().
    [[nodiscard]] static Result<ShardedModel> open(const std::filesystem::path& index);

    /// The metadata of the index. A value that is not a string is given as its JSON.
    [[nodiscard]] const Metadata& metadata() const { return metadata_; }
    /// Sorted by name.
    [[nodiscard]] const std::vector<File>& files() const { return files_; }

  private:
    Metadata metadata_;
    std::vector<File> files_;
};

/// Writes a file atomically: after any failure the previous one is untouched. The tensors keep
/// their order, and the first begins at a multiple of 64 bytes. ErrorCode::usage for what the
/// format does not allow, such as a name that occurs twice.
[[nodiscard]] TRILBY_API Result<void> write(const std::filesystem::path& path,
                                            std::span<const TensorView> tensors,
                                            const Metadata& metadata = {});

}  // namespace trilby::safetensors
