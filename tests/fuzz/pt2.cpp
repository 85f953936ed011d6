// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is an archive of torch.export, or the graph of one, or an error. All tensors of an
// archive can be read or are damaged. A graph that is read has a counterpart in ONNX, or a call
// without one.

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "memory_file.hpp"
#include "onnx/translation.hpp"
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

/// The graph with a number for each of its tensors, whose shapes the graph alone says.
void translate(pt2::Program program) {
    const pt2::Entries entries{{"number", pt2::Bytes(16)}};
    program.tensors.clear();
    for (const pt2::InputSpec& input : program.inputs) {
        if (!input.target.empty()) {
            program.tensors.push_back({.name = input.target, .entry = "number"});
        }
    }
    std::ranges::sort(program.tensors, {}, &pt2::StoredTensor::name);
    static_cast<void>(onnx::translate(program, entries));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (auto program =
            pt2::read_program({reinterpret_cast<const char*>(data), size}, "model.json")) {
        translate(std::move(*program));
    }
    const MemoryFile input(data, size);
    if (const auto file = pt2::File::open(input.path())) {
        read_tensors(*file);
        static_cast<void>(onnx::translate(*file, {}));
    }
    static_cast<void>(pt2::summarize(input.path()));
    return 0;
}
