// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/header.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/json.hpp"
#include "base/little_endian.hpp"
#include "base/text.hpp"
#include "tensors/header_parser.hpp"

namespace trilby::tensors {
namespace {

using safetensors::Metadata;
using safetensors::TensorInfo;
using safetensors::TensorView;

constexpr std::size_t alignment_bytes = 64;

/// The size of the JSON after the length, of which `start` has all bytes.
std::expected<std::size_t, std::string> json_bytes(std::string_view start,
                                                   std::uint64_t file_bytes) {
    if (start.size() < length_bytes) {
        return std::unexpected("it is shorter than the length of a header");
    }
    const std::uint64_t length = decode_little_endian(start.substr(0, length_bytes));
    if (length > header_limit_bytes) {
        return std::unexpected(fmt::format("its header claims {} bytes, expected at most {}",
                                           length, header_limit_bytes));
    }
    if (length > file_bytes - length_bytes) {
        return std::unexpected(fmt::format("its header claims {} bytes, but the file has only {}",
                                           length, file_bytes));
    }
    return static_cast<std::size_t>(length);
}

/// The tensors must fill the data without a gap, and none may share bytes with another.
std::expected<void, std::string> check_layout(const std::vector<TensorInfo>& tensors,
                                              std::uint64_t data_bytes) {
    std::vector<const TensorInfo*> sorted;
    sorted.reserve(tensors.size());
    for (const TensorInfo& tensor : tensors) {
        sorted.push_back(&tensor);
    }
    std::ranges::sort(sorted, {}, [](const TensorInfo* tensor) {
        return std::pair(tensor->offset_bytes, tensor->size_bytes);
    });
    std::uint64_t end = 0;
    for (const TensorInfo* tensor : sorted) {
        if (tensor->offset_bytes != end) {
            return std::unexpected(
                fmt::format("its tensors overlap or leave bytes out: '{}' begins at byte {} of the "
                            "data, expected {}",
                            printable(tensor->name, 200), tensor->offset_bytes, end));
        }
        end += tensor->size_bytes;
    }
    if (end > data_bytes) {
        return std::unexpected(fmt::format(
            "it is cut off: its tensors have {} bytes, the file has {} of them", end, data_bytes));
    }
    if (end < data_bytes) {
        return std::unexpected(fmt::format(
            "its tensors overlap or leave bytes out: they have {} bytes, the file has {}", end,
            data_bytes));
    }
    return {};
}

/// `text` is the header with its padding.
std::expected<Header, std::string> interpret(std::string_view text, std::uint64_t file_bytes) {
    if (!text.starts_with('{')) {
        return std::unexpected("its header does not begin with '{'");
    }
    const std::string_view json = text.substr(0, text.find_last_not_of(' ') + 1);
    auto header = parse_header(json);
    if (!header) {
        return header;
    }
    header->end_bytes = length_bytes + text.size();
    if (const auto fits = check_layout(header->tensors, file_bytes - header->end_bytes); !fits) {
        return std::unexpected(fits.error());
    }
    for (TensorInfo& tensor : header->tensors) {
        tensor.offset_bytes += header->end_bytes;
    }
    return header;
}

}  // namespace

std::expected<Header, std::string> read_header(const platform::LargeFile& file) {
    const std::uint64_t file_bytes = file.size_bytes();
    const auto start = file.read(0, std::min<std::uint64_t>(length_bytes, file_bytes));
    if (!start) {
        return std::unexpected("it cannot be read");
    }
    const auto size = json_bytes(*start, file_bytes);
    if (!size) {
        return std::unexpected(size.error());
    }
    const auto text = file.read(length_bytes, *size);
    if (!text) {
        return std::unexpected("its header cannot be read to its end");
    }
    return interpret(*text, file_bytes);
}

std::expected<Header, std::string> read_header(std::span<const std::byte> start,
                                               std::uint64_t file_bytes) {
    const std::string_view bytes(reinterpret_cast<const char*>(start.data()), start.size());
    const auto size = json_bytes(bytes, file_bytes);
    if (!size) {
        return std::unexpected(size.error());
    }
    return interpret(bytes.substr(length_bytes, *size), file_bytes);
}

std::string make_start(std::span<const TensorView> tensors, const Metadata& metadata) {
    json::object header;
    if (!metadata.empty()) {
        json::object entries;
        for (const auto& [key, value] : metadata) {
            entries[key] = value;
        }
        header["__metadata__"] = std::move(entries);
    }
    std::size_t offset = 0;
    for (const TensorView& tensor : tensors) {
        const std::size_t end = offset + tensor.bytes.size();
        header[tensor.name] = {{"dtype", tensor.dtype},
                               {"shape", json::array(tensor.shape.begin(), tensor.shape.end())},
                               {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = json::serialize(header);
    // Spaces after the JSON are allowed, and align the tensors for readers that map the file.
    const std::size_t used = (length_bytes + text.size()) % alignment_bytes;
    text.append(used == 0 ? 0 : alignment_bytes - used, ' ');
    return encode_little_endian(text.size(), length_bytes) + text;
}

}  // namespace trilby::tensors
