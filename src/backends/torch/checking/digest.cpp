// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/digest.hpp"

#include <bit>
#include <cstring>
#include <fmt/format.h>

namespace trilby::backends {

void Digest::add(std::uint64_t word) {
    constexpr std::uint64_t odd_factor = 0xd6e8feb86659fd93;
    // The product mixes its high bits best, and the rotation brings them to the low ones.
    value_ = (std::rotl(value_, 32) ^ word) * odd_factor;
}

void Digest::add(std::span<const std::byte> bytes) {
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
        std::memcpy(&word, bytes.data(), sizeof word);
        add(word);
    }
    if (!bytes.empty()) {
        word = 0;
        std::memcpy(&word, bytes.data(), bytes.size());
        add(word);
    }
}

void Digest::add(std::string_view text) {
    add(std::as_bytes(std::span(text)));
}

std::string Digest::text() const {
    return fmt::format("{:016x}", value_);
}

}  // namespace trilby::backends
