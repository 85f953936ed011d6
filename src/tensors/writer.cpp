// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/writer.hpp"

#include <algorithm>
#include <expected>
#include <fmt/format.h>
#include <string>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "tensors/header.hpp"

namespace trilby::tensors {
namespace {

using safetensors::Metadata;
using safetensors::TensorInfo;
using safetensors::TensorView;

std::uint64_t bytes_of(std::span<const TensorView> tensors) {
    std::uint64_t total = 0;
    for (const TensorView& tensor : tensors) {
        total += tensor.bytes.size();
    }
    return total;
}

/// What is written must be read back, so the reader's rules are the only ones.
std::expected<void, std::string> check(std::string_view start, std::span<const TensorView> tensors,
                                       const Metadata& metadata) {
    const auto header =
        read_header(std::as_bytes(std::span(start)), start.size() + bytes_of(tensors));
    if (!header) {
        return std::unexpected(header.error());
    }
    if (!std::ranges::equal(header->tensors, tensors, {}, &TensorInfo::name, &TensorView::name) ||
        header->metadata != metadata) {
        return std::unexpected("a name or a key occurs twice or is not UTF-8");
    }
    return {};
}

}  // namespace

Result<void> write_file(const std::filesystem::path& path, std::string_view start,
                        std::span<const TensorView> tensors,
                        const platform::BeforeReplacing& before_replacing) {
    TRILBY_TRY(file, platform::AtomicFile::create(path));
    TRILBY_CHECK(file.write(start));
    for (const TensorView& tensor : tensors) {
        TRILBY_CHECK(file.write(tensor.bytes));
    }
    return file.commit(before_replacing);
}

}  // namespace trilby::tensors

namespace trilby::safetensors {

Result<void> write(const std::filesystem::path& path, std::span<const TensorView> tensors,
                   const Metadata& metadata) {
    const std::string start = tensors::make_start(tensors, metadata);
    if (const auto allowed = tensors::check(start, tensors, metadata); !allowed) {
        return failure(
            ErrorCode::usage,
            fmt::format("cannot write '{}' as safetensors: {}", path.string(), allowed.error()),
            "change the tensors or the metadata");
    }
    return tensors::write_file(path, start, tensors);
}

}  // namespace trilby::safetensors
