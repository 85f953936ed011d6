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

/// Calls `visit` with the places of an element in row-major order and in the storage, in bytes.
template <class Visit>
void for_each_element(const StoredTensor& tensor, std::size_t size_bytes, Visit visit) {
    const auto element = static_cast<std::size_t>(bytes_of(tensor.dtype));
    std::vector<std::int64_t> index(tensor.sizes.size(), 0);
    for (std::size_t at = 0; at < size_bytes; at += element) {
        std::int64_t offset = tensor.offset;
        for (std::size_t i = 0; i < index.size(); ++i) {
            offset += index[i] * tensor.strides[i];
        }
        visit(at, static_cast<std::size_t>(offset) * element, element);
        for (std::size_t i = index.size(); i > 0 && ++index[i - 1] == tensor.sizes[i - 1]; --i) {
            index[i - 1] = 0;
        }
    }
}

void scatter(const StoredTensor& tensor, std::span<const std::byte> values, Bytes& storage) {
    for_each_element(tensor, values.size(),
                     [&](std::size_t at, std::size_t place, std::size_t element) {
                         std::memcpy(storage.data() + place, values.data() + at, element);
                     });
}

/// PyTorch wants a folder with the name of the file.
std::string folder_for(const std::filesystem::path& path) {
    return path.stem().string() + "/";
}

}  // namespace

Result<Entries> entries_with(const File& model, std::span<const TensorView> values) {
    TRILBY_TRY(entries, read_entries(model.archive()));
    for (const TensorView& value : values) {
        TRILBY_TRY(tensor, place_of(model.program(), value));
        scatter(*tensor, value.bytes, entries.at(tensor->entry));
    }
    return std::move(entries);
}

Bytes row_major(const StoredTensor& tensor, std::span<const std::byte> storage) {
    auto size_bytes = static_cast<std::size_t>(bytes_of(tensor.dtype));
    for (const std::int64_t size : tensor.sizes) {
        size_bytes *= static_cast<std::size_t>(size);
    }
    Bytes values(size_bytes);
    for_each_element(tensor, size_bytes,
                     [&](std::size_t at, std::size_t place, std::size_t element) {
                         std::memcpy(values.data() + at, storage.data() + place, element);
                     });
    return values;
}

Result<void> write_with_values(const std::filesystem::path& path, const File& model,
                               std::span<const TensorView> values) {
    TRILBY_TRY(entries, entries_with(model, values));
    std::vector<tensors::ArchiveEntry> archive;
    for (const auto& [name, bytes] : entries) {
        archive.push_back({folder_for(path) + name, bytes});
    }
    return tensors::write_archive(path, archive);
}

}  // namespace trilby::pt2
