// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>

namespace trilby {

/// A list that a constant can hold, as std::inplace_vector of C++26. Too many entries in a constant
/// do not compile.
template <class T, std::size_t capacity>
class ShortList {
  public:
    constexpr ShortList() = default;
    constexpr ShortList(std::initializer_list<T> entries) : size_(entries.size()) {
        std::ranges::copy(entries, entries_.begin());
    }
    [[nodiscard]] constexpr const T* begin() const { return entries_.data(); }
    [[nodiscard]] constexpr const T* end() const { return entries_.data() + size_; }

  private:
    std::array<T, capacity> entries_{};
    std::size_t size_ = 0;
};

}  // namespace trilby
