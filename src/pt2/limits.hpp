// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>

namespace trilby::pt2 {

inline constexpr std::uint64_t most_json_bytes = std::uint64_t{256} << 20;
/// Of JSON: a subgraph in a subgraph adds seven levels.
inline constexpr std::size_t most_levels = 64;

}  // namespace trilby::pt2
