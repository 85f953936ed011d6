// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <functional>

namespace trilby::platform {

/// Calls `work` with every number below `count`, on at most `most_threads` threads and at most one
/// per CPU. An exception of `work` is rethrown once all threads have ended.
void for_each_index(std::size_t count, std::size_t most_threads,
                    const std::function<void(std::size_t)>& work);

}  // namespace trilby::platform
