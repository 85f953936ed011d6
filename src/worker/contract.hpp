// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Answers that follow the protocol but not docs/jobs.md.

#pragma once

#include <filesystem>

#include "worker/client.hpp"

namespace trilby::worker {

/// The failure of a backend whose answer is incomplete or cannot be true.
[[nodiscard]] Failure contract_broken(const std::filesystem::path& module, const Error& why);

/// Runs the job known_answer of `module`, which `worker` has loaded. Returns its libraries.
[[nodiscard]] Answer<json::object> known_answer(Worker& worker, const std::filesystem::path& module,
                                                std::int64_t device, const RequestOptions& options);

}  // namespace trilby::worker
