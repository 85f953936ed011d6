// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is a checkpoint or an error. Every tensor of a checkpoint lies inside the file.

#include "train/checkpoint.hpp"

#include <algorithm>
#include <cstdlib>

#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile input(data, size);
    if (const auto checkpoint = trilby::train::Checkpoint::read(input.path())) {
        for (const auto& tensor : checkpoint->tensors()) {
            // The sanitizer checks the reads. The condition only keeps the compiler from removing
            // them.
            if (std::ranges::count(tensor.bytes, std::byte{0}) < 0) {
                std::abort();
            }
        }
    }
    return 0;
}
