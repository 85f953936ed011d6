// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace trilby::train {

/// How a run shares the machine, which its bits depend on.
struct Sharing {
    std::int64_t threads = 1;  ///< of each process
    std::int64_t processes = 1;
    bool operator==(const Sharing&) const = default;
};

}  // namespace trilby::train
