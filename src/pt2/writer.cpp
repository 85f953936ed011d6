// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/writer.hpp"

#include <cstring>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "tensors/zip_writer.hpp"

namespace trilby::pt2 {
namespace {

using safetensors::TensorView;
using Bytes = std::vector<std::byte>;
using Entries = std::map<std::string, Bytes>;

Result<Entries> read_entries(const tensors::ZipArchive& archive) {
    Entries entries;
    for (const auto& entry : archive.entries()) {
        Bytes bytes(entry.size_bytes);
        TRILBY_CHECK(archive.read(entry, bytes));
        entries.emplace(entry.name, std::move(bytes));
    }
    return entries;
}

Result<const StoredTensor*> place_of(const Program& program, const TensorView& value) {
    const StoredTensor* found = find_tensor(program, value.name);
    if (found == nullptr) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the model has no tensor '{}'", printable(value.name, 200)));
    }
    if (name_of(found->dtype) != value.dtype || found->sizes != value.shape) {
        return failure(ErrorCode::bad_data,
                       fmt::format("tensor '{}' of the model has another type or shape",
                                   printable(value.name, 200)));
    }
    return found;
}

/// Copies elements in row-major order to where the strides say.
void scatter(const StoredTensor& tensor, std::span<const std::byte> values, Bytes& storage) {
    const auto element = static_cast<std::size_t>(bytes_of(tensor.dtype));
    std::vector<std::int64_t> index(tensor.sizes.size(), 0);
    for (std::size_t at = 0; at < values.size(); at += element) {
        std::int64_t offset = tensor.offset;
        for (std::size_t i = 0; i < index.size(); ++i) {
            offset += index[i] * tensor.strides[i];
        }
        std::memcpy(storage.data() + static_cast<std::size_t>(offset) * element, values.data() + at,
                    element);
        for (std::size_t i = index.size(); i > 0 && ++index[i - 1] == tensor.sizes[i - 1]; --i) {
            index[i - 1] = 0;
        }
    }
}

/// PyTorch wants a folder with the name of the file.
std::string folder_for(const std::filesystem::path& path) {
    return path.stem().string() + "/";
}

}  // namespace

Result<void> write_with_values(const std::filesystem::path& path, const File& model,
                               std::span<const TensorView> values) {
    TRILBY_TRY(entries, read_entries(model.archive()));
    for (const TensorView& value : values) {
        TRILBY_TRY(tensor, place_of(model.program(), value));
        scatter(*tensor, value.bytes, entries.at(tensor->entry));
    }
    std::vector<tensors::ArchiveEntry> archive;
    for (const auto& [name, bytes] : entries) {
        archive.push_back({folder_for(path) + name, bytes});
    }
    return tensors::write_archive(path, archive);
}

}  // namespace trilby::pt2
