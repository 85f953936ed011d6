// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/large_file.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::safetensors {
namespace {

constexpr std::uint64_t index_limit_bytes = std::uint64_t{32} << 20;

/// The names of the tensors that each file has, by its name.
using Listing = std::map<std::string, std::set<std::string>>;

std::unexpected<Error> wrong_index(const std::filesystem::path& path, std::string_view why) {
    return failure(
        ErrorCode::bad_data,
        fmt::format("'{}' is not a valid index of safetensors files: {}", path.string(), why),
        "get all files of the model again");
}

Result<json::object> read_index(const std::filesystem::path& path) {
    TRILBY_TRY(file, platform::LargeFile::open(path));
    if (file.size_bytes() > index_limit_bytes) {
        return wrong_index(path, fmt::format("it has {} bytes, expected at most {}",
                                             file.size_bytes(), index_limit_bytes));
    }
    const auto text = file.read(0, static_cast<std::size_t>(file.size_bytes()));
    if (!text) {
        return wrong_index(path, "it cannot be read to its end");
    }
    auto index = json::parse_object(*text, "index");
    if (!index) {
        return wrong_index(path, index.error().message);
    }
    return index;
}

Result<Listing> listing_of(const json::object& index) {
    TRILBY_TRY(map, json::get_object(index, "weight_map", "index"));
    Listing listing;
    for (const auto& [name, file] : map) {
        if (!file.is_string()) {
            return failure(ErrorCode::bad_data,
                           fmt::format("the file of tensor '{}' is not a string",
                                       printable(std::string_view(name), 200)));
        }
        listing[std::string(file.get_string())].insert(std::string(name));
    }
    if (listing.empty()) {
        return failure(ErrorCode::bad_data, "weight_map is empty");
    }
    return listing;
}

Metadata metadata_of(const json::object& index) {
    Metadata metadata;
    for (const auto& [key, value] :
         json::get_object(index, "metadata", "index").value_or(json::object{})) {
        metadata.push_back({std::string(key), value.is_string() ? std::string(value.get_string())
                                                                : json::serialize(value)});
    }
    return metadata;
}

/// The file and the index must agree, so that neither can hide a tensor.
Result<void> require_listed(const File& file, const std::set<std::string>& names,
                            const std::filesystem::path& index) {
    const auto disagree = [&](std::string_view name, std::string_view how) {
        return wrong_index(index, fmt::format("tensor '{}' {} '{}'", printable(name, 200), how,
                                              file.path().filename().string()));
    };
    for (const std::string& name : names) {
        if (file.find(name) == nullptr) {
            return disagree(name, "is not in");
        }
    }
    for (const TensorInfo& tensor : file.tensors()) {
        if (!names.contains(tensor.name)) {
            return disagree(tensor.name, "is not listed for");
        }
    }
    return {};
}

}  // namespace

Result<ShardedModel> ShardedModel::open(const std::filesystem::path& index) {
    TRILBY_TRY(document, read_index(index));
    const auto listing = listing_of(document);
    if (!listing) {
        return wrong_index(index, listing.error().message);
    }
    ShardedModel model;
    model.metadata_ = metadata_of(document);
    for (const auto& [name, tensors] : *listing) {
        TRILBY_TRY(file, File::open_below(index.parent_path(), name));
        TRILBY_CHECK(require_listed(file, tensors, index));
        model.files_.push_back(std::move(file));
    }
    return model;
}

}  // namespace trilby::safetensors
