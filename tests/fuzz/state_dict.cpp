// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is a pickle of a state dict, or a file of torch.save(), or an error.

#include "tensors/state_dict.hpp"

#include <string_view>
#include <vector>

#include "memory_file.hpp"
#include "tensors/summary.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace trilby;
    static_cast<void>(tensors::read_pickle({reinterpret_cast<const char*>(data), size}));
    const MemoryFile input(data, size);
    if (const auto file = tensors::StateDict::open(input.path())) {
        for (const tensors::PickledTensor& tensor : file->tensors()) {
            const auto* entry = file->archive().find("data/" + tensor.storage);
            std::vector<std::byte> bytes(entry->size_bytes);
            static_cast<void>(file->archive().read(*entry, bytes));
        }
    }
    static_cast<void>(tensors::summarize(input.path()));
    return 0;
}
