// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <ATen/record_function.h>
#include <cstdint>
#include <string>

#include "validate/operation_trace.hpp"

namespace trilby::backends {

/// Writes each operation that this thread begins in LibTorch to the trace of its check, with the
/// types, shapes and layouts of its tensors. There may be one object at a time.
class WatchedOperations {
  public:
    explicit WatchedOperations(validate::OperationWriter trace);
    WatchedOperations(const WatchedOperations&) = delete;
    WatchedOperations& operator=(const WatchedOperations&) = delete;
    ~WatchedOperations();

    void begin_round(std::uint64_t round) { trace_.begin_round(round); }
    /// A number of the round was drawn.
    void count_draw() { trace_.count_draw(); }
    /// The check calls the operations that follow `name`, until end_step().
    void begin_step(const std::string& name) { trace_.begin_step(name); }
    void end_step() { trace_.end_step(); }
    /// LibTorch begins an operation that no other one calls.
    void begin_operation(const at::RecordFunction& function);

  private:
    validate::OperationWriter trace_;
    at::CallbackHandle handle_ = 0;
};

}  // namespace trilby::backends
