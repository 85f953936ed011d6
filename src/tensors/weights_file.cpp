// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/weights_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/large_file.hpp"
#include "tensors/format.hpp"
#include "tensors/strided.hpp"

namespace trilby::tensors {
namespace {

using safetensors::File;
using safetensors::ShardedModel;

std::unexpected<Error> no_weights(const std::filesystem::path& path, Format format) {
    const std::string_view kind = described(format);
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}' {}", printable(path.native()),
                               kind.empty() ? std::string("has no format that Trilby knows")
                                            : fmt::format("is {}", kind)),
                   "give weights as safetensors, or a state dict as torch.save() writes it");
}

Result<std::vector<std::byte>> read_from(const std::vector<File>& files, const Weight& weight) {
    for (const File& file : files) {
        if (const auto* info = file.find(weight.name); info != nullptr) {
            std::vector<std::byte> bytes(info->size_bytes);
            TRILBY_CHECK(file.read(*info, bytes));
            return bytes;
        }
    }
    return failure(ErrorCode::usage, fmt::format("there is no tensor '{}'", weight.name));
}

Result<std::vector<std::byte>> read_from(const StateDict& dict, const Weight& weight) {
    const auto tensor = std::ranges::find(dict.tensors(), weight.name, &PickledTensor::name);
    const auto* entry =
        tensor == dict.tensors().end() ? nullptr : dict.archive().find("data/" + tensor->storage);
    if (entry == nullptr) {
        return failure(ErrorCode::usage, fmt::format("there is no tensor '{}'", weight.name));
    }
    std::vector<std::byte> storage(entry->size_bytes);
    TRILBY_CHECK(dict.archive().read(*entry, storage));
    const std::uint64_t element = safetensors::bits_of(tensor->dtype).value_or(8) / 8;
    return gather({tensor->shape, tensor->strides, tensor->offset, element}, storage);
}

}  // namespace

WeightsFile::WeightsFile(Safetensors files) : source_(std::move(files)) {
    for (const File& file : std::get<Safetensors>(source_)) {
        for (const auto& tensor : file.tensors()) {
            weights_.push_back({tensor.name, tensor.dtype, tensor.shape});
        }
    }
}

WeightsFile::WeightsFile(StateDict dict) : source_(std::move(dict)) {
    for (const PickledTensor& tensor : std::get<StateDict>(source_).tensors()) {
        weights_.push_back({tensor.name, tensor.dtype, tensor.shape});
    }
}

Result<WeightsFile> WeightsFile::open(const std::filesystem::path& path) {
    TRILBY_TRY(opened, platform::LargeFile::open(path));
    const Format format = format_of(opened).value_or(Format::unknown);
    switch (format) {
        case Format::safetensors: {
            TRILBY_TRY(file, File::open(path));
            return WeightsFile(Safetensors{std::move(file)});
        }
        case Format::index: {
            TRILBY_TRY(model, ShardedModel::open(path));
            return WeightsFile(model.files());
        }
        case Format::torch: {
            TRILBY_TRY(dict, StateDict::open(path));
            return WeightsFile(std::move(dict));
        }
        default:
            return no_weights(path, format);
    }
}

const Weight* WeightsFile::find(std::string_view name) const {
    const auto found = std::ranges::find(weights_, name, &Weight::name);
    return found == weights_.end() ? nullptr : &*found;
}

Result<std::vector<std::byte>> WeightsFile::read(const Weight& weight) const {
    return std::visit([&](const auto& source) { return read_from(source, weight); }, source_);
}

}  // namespace trilby::tensors
