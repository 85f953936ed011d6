// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The devices that `trilby validate --device all` validates.

#pragma once

#include <cstdint>
#include <vector>

#include "cli/validation_setup.hpp"
#include "validate/run.hpp"

namespace trilby::cli {

struct ListedDevice {
    validate::Subject subject;         ///< its number is its place in the list
    validate::RunOptions run;          ///< how its workers reach it
    std::uint64_t memory_sharers = 1;  ///< devices with the same memory
};

/// All that the backend shows, at least one. If some are MIG instances, of which CUDA shows a
/// process only one, they are all devices that CUDA_VISIBLE_DEVICES allows.
[[nodiscard]] worker::Answer<std::vector<ListedDevice>> list_every_device(
    const ValidateOptions& options, const Prepared& prepared);

}  // namespace trilby::cli
