// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Writes a model of torch.export as ONNX.
// usage: pt2_to_onnx MODEL.pt2 MODEL.onnx

#include <cstdio>

#include "base/print.hpp"
#include "base/try.hpp"
#include "onnx/translation.hpp"
#include "onnx/writer.hpp"
#include "pt2/file.hpp"

namespace {

trilby::Result<void> convert(const char* from, const char* to) {
    TRILBY_TRY(file, trilby::pt2::File::open(from));
    TRILBY_TRY(model, trilby::onnx::translate(file, {}));
    return trilby::onnx::write(to, model);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        trilby::print_to(stderr, "usage: pt2_to_onnx MODEL.pt2 MODEL.onnx\n");
        return 2;
    }
    const auto done = convert(argv[1], argv[2]);
    if (!done) {
        trilby::print_to(stderr, "{}\n", done.error().message);
        return 1;
    }
    return 0;
}
