// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/summary.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <iterator>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/folder_entries.hpp"
#include "platform/large_file.hpp"
#include "tensors/element_type.hpp"
#include "tensors/format.hpp"
#include "tensors/state_dict.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::tensors {
namespace {

using safetensors::File;
using safetensors::Metadata;
using safetensors::ShardedModel;
using safetensors::TensorInfo;

constexpr std::string_view file_ending = ".safetensors";
constexpr std::string_view index_ending = ".safetensors.index.json";

void add_metadata(ModelSummary& summary, const Metadata& metadata) {
    for (const auto& [key, value] : metadata) {
        summary.metadata.emplace(key, value);  // keeps what is already there
    }
}

/// "license", and names such as "modelspec.license".
bool is_license_key(std::string_view key) {
    const std::string name = lower_case(key.substr(key.rfind('.') + 1));
    return name == "license" || name == "licence";
}

std::optional<std::string> license_of(const std::map<std::string, std::string>& metadata) {
    for (const auto& [key, value] : metadata) {
        if (is_license_key(key)) {
            return value;
        }
    }
    return std::nullopt;
}

TypeSummary& type_of(ModelSummary& summary, const std::string& dtype) {
    const auto found = std::ranges::find(summary.types, dtype, &TypeSummary::dtype);
    return found == summary.types.end() ? summary.types.emplace_back(TypeSummary{.dtype = dtype})
                                        : *found;
}

ModelSummary summary_of(const std::filesystem::path& path, ModelFormat format,
                        const Metadata& metadata, std::span<const File> files) {
    const bool is_sharded = format == ModelFormat::sharded_safetensors;
    ModelSummary summary{.path = path.string(), .format = format};
    add_metadata(summary, metadata);
    for (const File& file : files) {
        const std::string name = is_sharded
                                     ? file.path().lexically_relative(path.parent_path()).string()
                                     : file.path().filename().string();
        summary.files.push_back({name, file.size_bytes(), file.tensors().size()});
        summary.bytes += file.size_bytes();
        add_metadata(summary, file.metadata());
        for (const TensorInfo& tensor : file.tensors()) {
            add_tensor(summary, {tensor.name, tensor.dtype, tensor.shape, tensor.size_bytes,
                                 is_sharded ? std::optional(name) : std::nullopt});
        }
    }
    std::ranges::stable_sort(summary.types, std::greater(), &TypeSummary::bytes);
    summary.license = license_of(summary.metadata);
    return summary;
}

Result<ModelSummary> summarize_file(const std::filesystem::path& path) {
    TRILBY_TRY(file, File::open(path));
    return summary_of(path, ModelFormat::safetensors, {}, {&file, 1});
}

Result<ModelSummary> summarize_index(const std::filesystem::path& path) {
    TRILBY_TRY(model, ShardedModel::open(path));
    return summary_of(path, ModelFormat::sharded_safetensors, model.metadata(), model.files());
}

Result<ModelSummary> summarize_state_dict(const std::filesystem::path& path) {
    TRILBY_TRY(file, StateDict::open(path));
    ModelSummary summary{.path = path.string(), .format = ModelFormat::state_dict};
    summary.bytes = file.archive().size_bytes();
    summary.files.push_back({path.filename().string(), summary.bytes, file.tensors().size()});
    for (const PickledTensor& tensor : file.tensors()) {
        const std::uint64_t bytes = size_of(tensor.dtype, tensor.shape).value_or(0);
        add_tensor(summary, {tensor.name, tensor.dtype, tensor.shape, bytes, std::nullopt});
    }
    return summary;
}

std::unexpected<Error> not_readable(const std::filesystem::path& path, Format format) {
    if (format == Format::unknown) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("'{}' is not a model in a format that Trilby knows", path.string()),
            "give a safetensors file, the index of several, a state dict of PyTorch or a .pt2");
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}' seems to be {}, which Trilby cannot read yet", path.string(),
                               described(format)),
                   "convert it to safetensors");
}

Result<ModelSummary> summarize_model(const std::filesystem::path& path) {
    TRILBY_TRY(file, platform::LargeFile::open(path));
    const auto format = format_of(file);
    if (!format) {
        return failure(ErrorCode::io, fmt::format("'{}' cannot be read to its end", path.string()),
                       "check that no other program writes the file");
    }
    switch (*format) {
        case Format::safetensors:
            return summarize_file(path);
        case Format::index:
            return summarize_index(path);
        case Format::torch:
            return summarize_state_dict(path);
        default:
            return not_readable(path, *format);
    }
}

using Paths = std::vector<std::filesystem::path>;

Paths ending_in(std::string_view ending, const Paths& entries) {
    Paths found;
    std::ranges::copy_if(entries, std::back_inserter(found),
                         [&](const auto& entry) { return entry.native().ends_with(ending); });
    return found;
}

/// The index in a folder, or the only file.
Result<std::filesystem::path> model_in(const std::filesystem::path& folder) {
    TRILBY_TRY(entries, platform::folder_entries(folder));
    const Paths indexes = ending_in(index_ending, entries);
    const Paths models = indexes.empty() ? ending_in(file_ending, entries) : indexes;
    if (models.size() == 1) {
        return models.front();
    }
    if (models.empty()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("folder '{}' has no file that ends in {}", folder.string(), file_ending),
            "give the file of the model");
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("folder '{}' has {} {}, expected one", folder.string(), models.size(),
                    indexes.empty() ? "safetensors files and no index" : "indexes"),
        fmt::format("give one of them, such as {}", shell_word(std::ranges::min(models).string())));
}

}  // namespace

void add_tensor(ModelSummary& summary, TensorSummary tensor) {
    const std::uint64_t parameters = count_elements(tensor.shape).value_or(0);
    TypeSummary& type = type_of(summary, tensor.dtype);
    ++type.tensors;
    type.parameters += parameters;
    type.bytes += tensor.bytes;
    summary.parameters += parameters;
    summary.tensors.push_back(std::move(tensor));
}

Result<ModelSummary> summarize(const std::filesystem::path& path) {
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown)) {
        TRILBY_TRY(model, model_in(path));
        return summarize_model(model);
    }
    return summarize_model(path);
}

}  // namespace trilby::tensors
