// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

/// The memory of the device that a check may use: a share of the free memory, so that other
/// programs keep theirs, and less at levels with less time. A GPU that shares the memory of the
/// host, as APUs do, gets no more than the host can spare.
[[nodiscard]] std::uint64_t memory_share(const Machine& machine, const Subject& subject, int level);

}  // namespace trilby::validate
