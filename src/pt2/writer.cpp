// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/head.hpp"
#include "pt2/head_json.hpp"
#include "pt2/stored_tensors.hpp"
#include "tensors/element_type.hpp"
#include "tensors/strided.hpp"
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

tensors::Strided strided(const StoredTensor& tensor) {
    return {tensor.sizes, tensor.strides, tensor.offset,
            static_cast<std::uint64_t>(bytes_of(tensor.dtype))};
}

/// PyTorch wants a folder with the name of the file.
std::string folder_for(const std::filesystem::path& path) {
    return path.stem().string() + "/";
}

/// The head, and how many outputs the values give it; nothing if these are those of the model.
struct OtherHead {
    Head head;
    std::int64_t outputs = 0;
};
std::optional<OtherHead> other_head(const Program& program, std::span<const TensorView> values) {
    const auto head = find_head(program);
    if (!head) {
        return std::nullopt;
    }
    const auto value = std::ranges::find(values, head->weight, &TensorView::name);
    const auto& sizes = find_tensor(program, head->weight)->sizes;
    const bool is_other = value != values.end() && value->shape.size() == 2 &&
                          value->shape[1] == sizes[1] && value->shape[0] != sizes[0];
    return is_other ? std::optional(OtherHead{*head, value->shape[0]}) : std::nullopt;
}

Result<void> rewrite(Bytes& entry, const Program& program, const Head& head,
                     Result<std::string> (*with_head)(std::string_view, const Program&,
                                                      const Head&)) {
    TRILBY_TRY(text, with_head({reinterpret_cast<const char*>(entry.data()), entry.size()}, program,
                               head));
    const auto bytes = std::as_bytes(std::span(text));
    entry.assign(bytes.begin(), bytes.end());
    return {};
}

/// Gives the model room for another head, in its JSON too.
Result<void> make_room(FilledModel& model, const OtherHead& other) {
    resize_head(model.program, other.head, other.outputs);
    for (const std::string& name : {other.head.weight, other.head.bias}) {
        if (const StoredTensor* tensor = find_tensor(model.program, name); tensor != nullptr) {
            model.entries.at(tensor->entry)
                .assign(tensors::count_elements(tensor->sizes).value_or(0) *
                            static_cast<std::size_t>(bytes_of(tensor->dtype)),
                        std::byte{0});
        }
    }
    TRILBY_CHECK(rewrite(model.entries.at(std::string(model_entry)), model.program, other.head,
                         &model_with_head));
    return rewrite(model.entries.at(config_entry("weights")), model.program, other.head,
                   &config_with_head);
}

}  // namespace

Result<FilledModel> with_values(const File& model, std::span<const TensorView> values) {
    TRILBY_TRY(entries, read_entries(model.archive()));
    FilledModel filled{model.program(), std::move(entries)};
    if (const auto other = other_head(filled.program, values)) {
        TRILBY_CHECK(make_room(filled, *other));
    }
    for (const TensorView& value : values) {
        TRILBY_TRY(tensor, place_of(filled.program, value));
        tensors::scatter(strided(*tensor), value.bytes, filled.entries.at(tensor->entry));
    }
    return filled;
}

Bytes row_major(const StoredTensor& tensor, std::span<const std::byte> storage) {
    return tensors::gather(strided(tensor), storage);
}

Result<void> write_with_values(const std::filesystem::path& path, const File& model,
                               std::span<const TensorView> values) {
    TRILBY_TRY(filled, with_values(model, values));
    std::vector<tensors::ArchiveEntry> archive;
    for (const auto& [name, bytes] : filled.entries) {
        archive.push_back({folder_for(path) + name, bytes});
    }
    return tensors::write_archive(path, archive);
}

}  // namespace trilby::pt2
