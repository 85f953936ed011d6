// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/state_dict.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "tensors/strided.hpp"

namespace trilby::tensors {
namespace {

constexpr std::uint64_t most_pickle_bytes = std::uint64_t{256} << 20;

Result<void> check_place(const ZipArchive& archive, const PickledTensor& tensor) {
    const auto* entry = archive.find("data/" + tensor.storage);
    if (entry == nullptr) {
        return failure(ErrorCode::bad_data,
                       fmt::format("tensor '{}' has no bytes", printable(tensor.name, 200)));
    }
    const auto bits = safetensors::bits_of(tensor.dtype);
    if (!bits ||
        !is_inside({tensor.shape, tensor.strides, tensor.offset, *bits / 8}, entry->size_bytes)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("tensor '{}' is not inside of its {} bytes",
                                   printable(tensor.name, 200), entry->size_bytes));
    }
    return {};
}

Result<std::vector<PickledTensor>> read(const ZipArchive& archive) {
    TRILBY_TRY(pickle, archive.read_text("data.pkl", most_pickle_bytes));
    TRILBY_TRY(tensors, read_pickle(pickle));
    for (const PickledTensor& tensor : tensors) {
        TRILBY_CHECK(check_place(archive, tensor));
    }
    return std::move(tensors);
}

}  // namespace

Result<StateDict> StateDict::open(const std::filesystem::path& path) {
    TRILBY_TRY(archive, ZipArchive::open(path));
    auto tensors = read(archive);
    if (!tensors) {
        Error error = std::move(tensors).error();
        error.message = fmt::format("'{}' cannot be used as a state dict: {}",
                                    printable(path.native()), error.message);
        return std::unexpected(std::move(error));
    }
    return StateDict(std::move(archive), std::move(*tensors));
}

}  // namespace trilby::tensors
