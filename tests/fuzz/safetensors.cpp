// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is a safetensors file, an index or an error. What is read lies inside the file, and
// what is written from it reads back.

#include <algorithm>
#include <cstdlib>

#include "memory_file.hpp"
#include "tensors/header.hpp"
#include "tensors/summary.hpp"

namespace {

using namespace trilby;

/// The sanitizer checks the reads. The condition only keeps the compiler from removing them.
void require_inside(std::span<const std::byte> content, const safetensors::TensorInfo& tensor) {
    if (tensor.size_bytes > content.size() ||
        tensor.offset_bytes > content.size() - tensor.size_bytes ||
        std::ranges::count(content.subspan(tensor.offset_bytes, tensor.size_bytes), std::byte{0}) <
            0) {
        std::abort();
    }
}

void require_same_when_written(std::span<const std::byte> content, const tensors::Header& header) {
    std::vector<safetensors::TensorView> views;
    std::uint64_t data_bytes = 0;
    for (const auto& [name, dtype, shape, offset, size] : header.tensors) {
        views.push_back({name, dtype, shape, content.subspan(offset, size)});
        data_bytes += size;
    }
    const std::string start = tensors::make_start(views, header.metadata);
    const auto again =
        tensors::read_header(std::as_bytes(std::span(start)), start.size() + data_bytes);
    if (!again || again->metadata != header.metadata ||
        !std::ranges::equal(again->tensors, header.tensors, {}, &safetensors::TensorInfo::name,
                            &safetensors::TensorInfo::name)) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto content = std::as_bytes(std::span(data, size));
    if (const auto header = tensors::read_header(content, size)) {
        for (const safetensors::TensorInfo& tensor : header->tensors) {
            require_inside(content, tensor);
        }
        require_same_when_written(content, *header);
    }
    const MemoryFile input(data, size);
    static_cast<void>(tensors::summarize(input.path()));
    return 0;
}
