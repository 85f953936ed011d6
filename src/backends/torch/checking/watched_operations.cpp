// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/watched_operations.hpp"

#include <memory>
#include <torch/torch.h>
#include <utility>

#include "backends/torch/checking/element_types.hpp"

namespace trilby::backends {
namespace {

// LibTorch calls plain functions.
WatchedOperations* watching = nullptr;

/// Without strides if it is contiguous.
validate::TracedTensor traced(const at::Tensor& tensor) {
    if (!tensor.defined()) {
        return {};
    }
    const bool has_strides = tensor.layout() == at::kStrided && !tensor.is_contiguous();
    const auto strides = has_strides ? tensor.strides() : at::IntArrayRef();
    return {
        .type = any_type_name(tensor.scalar_type()), .sizes = tensor.sizes(), .strides = strides};
}

/// Operations that this one calls are not recorded: even an empty callback costs half a
/// microsecond.
std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
    watching->begin_operation(function);
    at::enableRecordFunction(false);
    return nullptr;
}

void on_end(const at::RecordFunction& /*function*/, at::ObserverContext* /*context*/) {
    at::enableRecordFunction(true);
}

}  // namespace

WatchedOperations::WatchedOperations(validate::OperationWriter trace) : trace_(std::move(trace)) {
    if (trace_.is_open()) {
        watching = this;
        handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(on_begin, on_end)
                                                 .needsInputs(true)
                                                 .scopes({at::RecordScope::FUNCTION}));
    }
}

WatchedOperations::~WatchedOperations() {
    if (watching == this) {
        at::removeCallback(handle_);
        watching = nullptr;
    }
}

void WatchedOperations::begin_operation(const at::RecordFunction& function) {
    trace_.begin_operation(function.name());
    for (const c10::IValue& input : function.inputs()) {
        if (input.isTensor()) {
            trace_.add_tensor(traced(input.toTensor()));
        }
    }
}

}  // namespace trilby::backends
