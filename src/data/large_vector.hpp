// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <vector>

#include "data/large_memory.hpp"

namespace trilby::data {

/// A vector whose elements are on a disk where memory does not hold all data. Reading it in order
/// is fast there too.
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace trilby::data
