// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/format.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "tensors/header.hpp"

namespace trilby::tensors {
namespace {

using namespace std::string_view_literals;

// The names of a zip archive's members are in its directory, at its end, and before each member.
constexpr std::uint64_t examined_bytes = std::uint64_t{64} << 10;

/// No sensible header has a length of more than 5 bytes, so that damaged files are known as well.
bool is_safetensors(std::string_view start) {
    return start.size() > length_bytes && start[length_bytes] == '{' &&
           start.substr(5, 3) == "\0\0\0"sv;
}

Format kind_of_zip(std::string_view names) {
    const auto has = [&](std::string_view name) { return names.find(name) != names.npos; };
    if (has("archive_format") || has("serialized_exported_program.json")) {
        return Format::torch_export;
    }
    return has("/data.pkl") ? Format::torch : Format::zip;
}

bool is_pickle(std::string_view start) {
    return start.size() > 2 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5;
}

/// A message of Protocol Buffers has no magic number: the version of ONNX as the first field, and
/// one of the fields that can follow.
bool is_onnx(std::string_view start) {
    constexpr std::string_view next_fields = "\x12\x1a\x22\x28\x32\x3a\x42";
    return start.size() > 2 && start[0] == '\x08' && start[1] >= 1 && start[1] <= 32 &&
           next_fields.find(start[2]) != next_fields.npos;
}

Format format_of_start(std::string_view start) {
    if (is_safetensors(start)) {
        return Format::safetensors;
    }
    if (trim(start).starts_with('{')) {
        return Format::index;
    }
    if (start.starts_with("PK\x03\x04")) {
        return Format::zip;
    }
    if (start.starts_with("GGUF")) {
        return Format::gguf;
    }
    if (start.starts_with("\x89HDF\r\n\x1a\n")) {
        return Format::hdf5;
    }
    return is_pickle(start) ? Format::pickle : is_onnx(start) ? Format::onnx : Format::unknown;
}

}  // namespace

std::optional<Format> format_of(const platform::LargeFile& file) {
    const auto size_bytes = static_cast<std::size_t>(std::min(examined_bytes, file.size_bytes()));
    const auto start = file.read(0, size_bytes);
    const auto end = file.read(file.size_bytes() - size_bytes, size_bytes);
    if (!start || !end) {
        return std::nullopt;
    }
    const Format format = format_of_start(*start);
    return format == Format::zip ? kind_of_zip(*start + *end) : format;
}

std::string_view described(Format format) {
    switch (format) {
        case Format::safetensors:
            return "a safetensors file";
        case Format::index:
            return "an index of safetensors files";
        case Format::torch:
            return "a file of torch.save or TorchScript (a zip archive with a pickle)";
        case Format::torch_export:
            return "an archive of torch.export (.pt2)";
        case Format::zip:
            return "a zip archive";
        case Format::pickle:
            return "a pickle, such as an old file of torch.save";
        case Format::gguf:
            return "a GGUF file";
        case Format::hdf5:
            return "an HDF5 file, such as one of Keras";
        case Format::onnx:
            return "an ONNX model";
        case Format::unknown:
            break;
    }
    return "";
}

}  // namespace trilby::tensors
