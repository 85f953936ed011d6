// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes are a checkpoint or an error; every tensor of one lies inside the file.

#include "train/checkpoint.hpp"

#include <algorithm>
#include <cstdlib>

#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile input(data, size);
    if (const auto checkpoint = trilby::train::Checkpoint::read(input.path())) {
        for (const auto& tensor : checkpoint->tensors()) {
            // The sanitizer sees the reads; the condition only keeps them in.
            if (std::ranges::count(tensor.bytes, std::byte{0}) < 0) {
                std::abort();
            }
        }
    }
    return 0;
}
