// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

/// How much of its memory a check may use: a share of what is free, so that nothing else is pushed
/// out, and less at levels that have no time for more. A GPU that shares the host's memory, as APUs
/// do, gets no more than the host can spare.
[[nodiscard]] std::uint64_t memory_share(const Machine& machine, const Subject& subject, int level);

}  // namespace trilby::validate
