// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/stored_tensors.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/graph_reader.hpp"
#include "pt2/json_access.hpp"
#include "pt2/limits.hpp"
#include "tensors/strided.hpp"

namespace trilby::pt2 {
namespace {

using Numbers = std::vector<std::int64_t>;

Result<std::int64_t> fixed(const json::value& size, std::string_view where) {
    TRILBY_TRY(read, read_size(size, where));
    if (!read.number || *read.number < 0) {
        return malformed(where, "a size, stride or offset is not a number from 0 on");
    }
    return *read.number;
}

Result<Numbers> fixed_numbers(const json::object& meta, std::string_view key,
                              std::string_view where) {
    TRILBY_TRY(elements, array_in(meta, key, where));
    Numbers numbers;
    for (const json::value& element : *elements) {
        TRILBY_TRY(number, fixed(element, where));
        numbers.push_back(number);
    }
    return numbers;
}

Result<void> check_place(const tensors::ZipArchive& archive, const StoredTensor& tensor,
                         std::string_view where) {
    const auto* entry = archive.find(tensor.entry);
    if (entry == nullptr) {
        return malformed(where, fmt::format("entry '{}' is missing", printable(tensor.entry, 200)));
    }
    const auto element_bytes = static_cast<std::uint64_t>(bytes_of(tensor.dtype));
    if (!tensors::is_inside({tensor.sizes, tensor.strides, tensor.offset, element_bytes},
                            entry->size_bytes)) {
        return malformed(where, fmt::format("it is not inside of the {} bytes of entry '{}'",
                                            entry->size_bytes, printable(tensor.entry, 200)));
    }
    return {};
}

Result<StoredTensor> read_tensor(const tensors::ZipArchive& archive, std::string_view folder,
                                 std::string_view name, const json::object& payload,
                                 std::string_view where) {
    TRILBY_TRY(is_pickled, json::get_boolean(payload, "use_pickle", where));
    if (is_pickled) {
        return malformed(where, "it is pickled, and pickles may hold code");
    }
    StoredTensor tensor{.name = std::string(name)};
    TRILBY_TRY(path, json::get_string(payload, "path_name", where));
    tensor.entry = fmt::format("data/{}/{}", folder, path);
    TRILBY_TRY(meta, object_in(payload, "tensor_meta", where));
    TRILBY_TRY(type, read_tensor_meta(*meta, where));
    tensor.dtype = type.dtype;
    TRILBY_TRY(sizes, fixed_numbers(*meta, "sizes", where));
    tensor.sizes = std::move(sizes);
    TRILBY_TRY(strides, fixed_numbers(*meta, "strides", where));
    tensor.strides = std::move(strides);
    const json::value* offset = meta->if_contains("storage_offset");
    TRILBY_TRY(first, fixed(offset == nullptr ? json::value() : *offset, where));
    tensor.offset = first;
    TRILBY_TRY(requires_grad, json::get_boolean(*meta, "requires_grad", where));
    tensor.requires_grad = requires_grad;
    TRILBY_CHECK(check_place(archive, tensor, where));
    return tensor;
}

bool is_custom_object(const json::object& payload) {
    const json::value* meta = payload.if_contains("tensor_meta");
    return meta == nullptr || meta->is_null();
}

}  // namespace

std::string config_entry(std::string_view folder) {
    return fmt::format("data/{0}/model_{0}_config.json", folder);
}

Result<std::vector<StoredTensor>> read_stored_tensors(const tensors::ZipArchive& archive,
                                                      std::string_view folder) {
    const std::string name = config_entry(folder);
    TRILBY_TRY(text, archive.read_text(name, most_json_bytes));
    TRILBY_TRY(document, json::parse_object(text, name));
    TRILBY_TRY(config, object_in(document, "config", name));
    std::vector<StoredTensor> tensors;
    for (const auto& member : *config) {
        const std::string where =
            fmt::format("{}: tensor '{}'", name, printable(std::string_view(member.key()), 200));
        TRILBY_TRY(payload, object_of(member.value(), where));
        if (!is_custom_object(*payload)) {
            TRILBY_TRY(tensor, read_tensor(archive, folder, member.key(), *payload, where));
            tensors.push_back(std::move(tensor));
        }
    }
    return tensors;
}

}  // namespace trilby::pt2
