// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace trilby::backends {

/// Folds words into one of 64 bits, in their order. A change of a single word always changes it,
/// because each step can be undone. It does not withstand somebody who looks for collisions.
class Digest {
  public:
    void add(std::uint64_t word);
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text);

    [[nodiscard]] std::uint64_t value() const { return value_; }
    /// 16 hexadecimal digits.
    [[nodiscard]] std::string text() const;

  private:
    std::uint64_t value_ = 1;  ///< not 0, which words of 0 would leave as it is
};

}  // namespace trilby::backends
