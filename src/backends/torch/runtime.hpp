// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// LibTorch as a process-wide runtime: threads, memory, determinism, and what it is built on.

#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <torch/torch.h>

#include "train/events.hpp"
#include <trilby/backend_abi.h>
#include <trilby/result.hpp>

namespace trilby::backends {

/// Called once, before any tensor exists.
void configure_runtime();

void set_threads(std::int64_t threads);

[[nodiscard]] train::Libraries describe_libraries();

/// The status for a LibTorch exception, and its message without the stack trace.
[[nodiscard]] trilby_status classify_exception(const std::exception& exception);
[[nodiscard]] std::string explain_exception(const std::exception& exception);

/// What a device throws is an error as well, so that whoever works with it does not wait in vain.
template <class Call>
[[nodiscard]] Result<void> without_exceptions(const Call& call) {
    try {
        return call();
    } catch (const std::exception& exception) {
        return failure(ErrorCode::failed, explain_exception(exception));
    }
}

}  // namespace trilby::backends
