// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Recognizes the formats of models by their content.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/large_file.hpp"

namespace trilby::tensors {

enum class Format : std::uint8_t {
    safetensors,
    index,  ///< of several safetensors files
    torch,
    torch_export,
    zip,
    pickle,
    gguf,
    hdf5,
    onnx,
    unknown,
};

/// What the file seems to be, as its first and last bytes say; nothing if it cannot be read.
[[nodiscard]] std::optional<Format> format_of(const platform::LargeFile& file);

/// "a GGUF file"; empty for unknown.
[[nodiscard]] std::string_view described(Format format);

}  // namespace trilby::tensors
