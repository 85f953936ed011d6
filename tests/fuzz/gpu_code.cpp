// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input can be searched for GPU code and read as an ELF library without a crash.

#include "binary/gpu_code.hpp"

#include <fcntl.h>

#include "binary/elf.hpp"
#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile input(data, size);
    const trilby::platform::LargeFile file(
        trilby::platform::FileDescriptor(::open(input.path().c_str(), O_RDONLY | O_CLOEXEC)));
    static_cast<void>(trilby::binary::gpu_targets_in(file));
    if (const auto elf = trilby::binary::ElfFile::open(file)) {
        static_cast<void>(elf->dependencies());
        static_cast<void>(elf->defines("_ZTIN4c10d16ProcessGroupGlooE"));
    }
    return 0;
}
