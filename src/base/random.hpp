// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Random numbers that are the same on every platform, unlike the distributions of the C++ standard
/// library.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace trilby {

/// SplitMix64 (Steele, Lea and Flood, 2014): a full-period generator with one word of state.
class SplitMix64 {
  public:
    explicit SplitMix64(std::uint64_t state) : state_(state) {}

    std::uint64_t operator()() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    /// Uniform in 0..bound-1, up to a bias of bound/2^64 (Lemire, 2019).
    std::uint64_t below(std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>(static_cast<Wide>((*this)()) * bound >> 64);
    }

  private:
    std::uint64_t state_;
};

/// Puts elements in a random order (Fisher and Yates).
template <class T>
void shuffle(std::span<T> elements, SplitMix64& random) {
    for (std::size_t left = elements.size(); left > 1; --left) {
        std::swap(elements[left - 1], elements[random.below(left)]);
    }
}

}  // namespace trilby
