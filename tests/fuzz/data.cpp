// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is a table, a series or text with a summary, or an error.

#include "data/summary.hpp"
#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile input(data, size);
    static_cast<void>(trilby::data::summarize(input.path()));
    return 0;
}
