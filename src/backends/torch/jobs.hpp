// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The jobs that every LibTorch backend has, as docs/jobs.md describes them.

#pragma once

#include <span>

#include "backends/common/backend.hpp"

namespace trilby::backends {

[[nodiscard]] std::span<const Job> torch_jobs();

}  // namespace trilby::backends
