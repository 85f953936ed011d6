// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Synthetic containers of GPU code in the formats of nvcc 13 and Clang 19. The code is filler.

#pragma once

#include <string>
#include <vector>

#include "support/made_elf.hpp"

namespace trilby::testing {

struct MadeImage {
    std::uint16_t kind = 2;  ///< 1: PTX; 2: machine code
    std::uint32_t capability = 0;
    std::uint64_t flags = 0;
    std::uint32_t header_bytes = 64;
};

/// An NVIDIA fat binary.
inline std::string fat_container(const std::vector<MadeImage>& images) {
    const std::string code(24, 'c');
    std::string all;
    for (const MadeImage& image : images) {
        all += u16(image.kind) + u16(0x101) + u32(image.header_bytes) + u64(code.size()) + u32(0) +
               u32(0) + u16(8) + u16(1) + u32(image.capability) + u64(0) + u64(0x11 | image.flags) +
               std::string(image.header_bytes - 48, '\0') + code;
    }
    return u32(0xba55ed50) + u16(1) + u16(16) + u64(all.size()) + all;
}

/// A Clang offload bundle. The host's empty entry comes before the entries of the GPUs.
inline std::string offload_bundle(const std::vector<std::string>& targets) {
    const std::string code(40, 'c');
    std::vector<std::string> ids{"host-x86_64-unknown-linux--"};
    for (const std::string& target : targets) {
        ids.push_back("hipv4-amdgcn-amd-amdhsa--" + target);
    }
    std::string out = "__CLANG_OFFLOAD_BUNDLE__" + u64(ids.size());
    std::uint64_t offset = 4096;
    for (const std::string& id : ids) {
        const std::uint64_t size = &id == &ids.front() ? 0 : code.size();
        out += u64(offset) + u64(size) + u64(id.size()) + id;
        offset += size;
    }
    out.resize(4096, '\0');
    for (std::size_t i = 0; i < targets.size(); ++i) {
        out += code;
    }
    return out;
}

/// A compressed offload bundle: the header and the compressed bytes.
inline std::string packed_bundle(std::uint16_t version, std::uint16_t method,
                                 const std::string& packed, std::size_t plain_bytes) {
    const std::string head = "CCOB" + u16(version) + u16(method);
    const std::string hash = u64(0x0536f4293d96d3ba);
    const auto size_of = [&](std::size_t header) { return packed.size() + header; };
    switch (version) {
        case 1:
            return head + u32(static_cast<std::uint32_t>(plain_bytes)) + hash + packed;
        case 2:
            return head + u32(static_cast<std::uint32_t>(size_of(24))) +
                   u32(static_cast<std::uint32_t>(plain_bytes)) + hash + packed;
        default:
            return head + u64(size_of(32)) + u64(plain_bytes) + hash + packed;
    }
}

/// Pads a bundle to the alignment at which the linker concatenates bundles.
inline std::string aligned(std::string bytes) {
    bytes.resize((bytes.size() + 4095) / 4096 * 4096, '\0');
    return bytes;
}

}  // namespace trilby::testing
