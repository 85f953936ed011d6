// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checks that a LibTorch backend carries out, by the names of validate/catalog.hpp.

#pragma once

#include "backends/common/backend.hpp"
#include "backends/torch/checks/check_run.hpp"

namespace trilby::backends {

/// The job `check` of docs/jobs.md.
[[nodiscard]] Result<json::object> check_job(const JobContext& context, torch::Device device,
                                             const json::object& params);

// Each runs rounds until its time is over; see the catalog for what it does.
void check_elementwise(CheckRun& run);
void check_matmul(CheckRun& run);
void check_convolution(CheckRun& run);
void check_attention(CheckRun& run);
void check_normalization(CheckRun& run);
void check_reductions(CheckRun& run);
void check_indexing(CheckRun& run);
void check_random(CheckRun& run);
void check_chains(CheckRun& run);
void check_scratch(CheckRun& run);
void check_chase(CheckRun& run);
void check_autograd(CheckRun& run);
void check_optimizers(CheckRun& run);
void check_training(CheckRun& run);
void check_memory(CheckRun& run);
void check_retention(CheckRun& run);
void check_transfers(CheckRun& run);
void check_bandwidth(CheckRun& run);
void check_compute(CheckRun& run);
void check_latency(CheckRun& run);
void check_training_speed(CheckRun& run);
void check_determinism(CheckRun& run);
void check_processes(CheckRun& run);
void check_soak(CheckRun& run);

/// Fills the memory that the check may use, rests, and reads it back.
void hold_memory(CheckRun& run);

}  // namespace trilby::backends
