// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/watched_operations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <utility>

#include "backends/torch/checking/element_types.hpp"

namespace trilby::backends {
namespace {

// LibTorch calls plain functions.
WatchedOperations* watching = nullptr;
thread_local int depth = 0;  ///< of operations that call others

/// "bfloat16[75x63]", with its strides if it is not contiguous.
void describe(const at::Tensor& tensor, std::string& out) {
    if (!tensor.defined()) {
        out += "none";
        return;
    }
    fmt::format_to(std::back_inserter(out), "{}[{}]", any_type_name(tensor.scalar_type()),
                   fmt::join(tensor.sizes(), "x"));
    if (tensor.layout() == at::kStrided && !tensor.is_contiguous()) {
        fmt::format_to(std::back_inserter(out), " strides [{}]", fmt::join(tensor.strides(), ", "));
    }
}

std::string describe(const at::RecordFunction& function) {
    std::string out = function.name();
    const char* before = "(";
    for (const c10::IValue& input : function.inputs()) {
        if (input.isTensor()) {
            out += before;
            describe(input.toTensor(), out);
            before = ", ";
        }
    }
    return out + (*before == '(' ? "()" : ")");
}

std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
    if (depth++ == 0) {
        watching->begin_operation(describe(function));
    }
    return nullptr;
}

void on_end(const at::RecordFunction& /*function*/, at::ObserverContext* /*context*/) {
    --depth;
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

void WatchedOperations::begin_round(std::uint64_t round) {
    current_ = {.text = {}, .round = round, .draws = 0};
    begin_step("");
}

void WatchedOperations::begin_step(const std::string& name) {
    step_ = name;
    write(step_);
}

void WatchedOperations::begin_operation(const std::string& operation) {
    write(step_.empty() ? operation : step_ + ": " + operation);
}

/// Between two steps the trace keeps the last operation.
void WatchedOperations::write(std::string text) {
    if (!text.empty()) {
        current_.text = std::move(text);
        trace_.begin(current_);
    }
}

}  // namespace trilby::backends
