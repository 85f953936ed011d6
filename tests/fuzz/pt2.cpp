// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is an archive of torch.export, or the graph of one, or an error. All tensors of an
// archive can be read or are damaged.

#include <string_view>
#include <vector>

#include "memory_file.hpp"
#include "pt2/file.hpp"
#include "pt2/program_reader.hpp"
#include "pt2/summary.hpp"

namespace {

using namespace trilby;

void read_tensors(const pt2::File& file) {
    for (const pt2::StoredTensor& tensor : file.program().tensors) {
        const auto* entry = file.archive().find(tensor.entry);
        std::vector<std::byte> bytes(entry->size_bytes);
        static_cast<void>(file.archive().read(*entry, bytes));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(pt2::read_program({reinterpret_cast<const char*>(data), size}, "model.json"));
    const MemoryFile input(data, size);
    if (const auto file = pt2::File::open(input.path())) {
        read_tensors(*file);
    }
    static_cast<void>(pt2::summarize(input.path()));
    return 0;
}
