// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <torch/torch.h>

#include "backends/common/backend.hpp"

namespace trilby::backends {

/// The job `check` of docs/jobs.md.
[[nodiscard]] Result<json::object> check_job(const JobContext& context, torch::Device device,
                                             const json::object& document);

}  // namespace trilby::backends
