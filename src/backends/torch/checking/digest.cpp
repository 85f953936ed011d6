// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/digest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fmt/format.h>

namespace trilby::backends {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

/// For each word another state, and for each state another word, gives another result.
std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
    constexpr std::uint64_t odd_factor = 0xd6e8feb86659fd93;
    // The product mixes its high bits best, and the rotation brings them to the low ones.
    return (std::rotl(state, 32) ^ word) * odd_factor;
}

/// The first word of `bytes`, or all of them if they are less than a word.
std::uint64_t first_word(std::span<const std::byte> bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), std::min(word_bytes, bytes.size()));
    return word;
}

}  // namespace

void Digest::add(std::uint64_t word) {
    value_ = mixed(value_, word);
}

void Digest::add(std::span<const std::byte> bytes) {
    // A processor mixes several words at once where none waits for another.
    std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
    constexpr std::size_t block_bytes = lanes.size() * word_bytes;
    for (; bytes.size() >= block_bytes; bytes = bytes.subspan(block_bytes)) {
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            lanes[i] = mixed(lanes[i], first_word(bytes.subspan(i * word_bytes, word_bytes)));
        }
    }
    for (const std::uint64_t lane : lanes) {
        add(lane);
    }
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(word_bytes, bytes.size()))) {
        add(first_word(bytes));
    }
}

void Digest::add(std::string_view text) {
    add(std::as_bytes(std::span(text)));
}

std::string Digest::text() const {
    return fmt::format("{:016x}", value_);
}

}  // namespace trilby::backends
