// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input, compressed or not, is an IDX file or an error.

#include "data/idx.hpp"

#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t limit_bytes = 1U << 20;  // larger claims would only cost time
    const MemoryFile input(data, size);
    auto file = trilby::data::IdxFile::open(input.path());
    if (file && file->size_bytes() <= limit_bytes) {
        std::vector<std::byte> elements(file->size_bytes());
        static_cast<void>(file->read(elements));
    }
    return 0;
}
