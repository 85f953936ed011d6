// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/watched_operations.hpp"

#include <exception>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <utility>
#include <vector>

#include "backends/torch/checking/element_types.hpp"

namespace trilby::backends {
namespace {

// LibTorch calls plain functions.
WatchedOperations* watching = nullptr;

/// "bfloat16[75x63]", with its strides if it is not contiguous.
std::string describe(const at::Tensor& tensor) {
    if (!tensor.defined()) {
        return "none";
    }
    std::string out =
        fmt::format("{}[{}]", any_type_name(tensor.scalar_type()), fmt::join(tensor.sizes(), "x"));
    if (tensor.layout() == at::kStrided && !tensor.is_contiguous()) {
        out += fmt::format(" strides [{}]", fmt::join(tensor.strides(), ", "));
    }
    return out;
}

std::string describe(const at::RecordFunction& function) {
    constexpr std::size_t most_tensors = 8;
    std::vector<std::string> tensors;
    for (const c10::IValue& input : function.inputs()) {
        if (input.isTensor() && tensors.size() < most_tensors) {
            tensors.push_back(describe(input.toTensor()));
        }
    }
    return fmt::format("{}({})", function.name(), fmt::join(tensors, ", "));
}

/// Around an operation: the one that called it.
struct Caller : at::ObserverContext {
    explicit Caller(std::string text) : operation(std::move(text)) {}
    std::string operation;
};

std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
    auto caller = std::make_unique<Caller>(watching->operation());
    watching->show(describe(function));
    return caller;
}

/// After an exception, the trace keeps the operation that threw it.
void on_end(const at::RecordFunction& /*function*/, at::ObserverContext* context) {
    if (std::uncaught_exceptions() == 0) {
        watching->show(static_cast<Caller*>(context)->operation);
    }
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
    operation_.clear();
    write(step_);
}

void WatchedOperations::show(const std::string& operation) {
    operation_ = operation;
    const bool is_inside = !step_.empty() && !operation.empty();
    write(is_inside ? fmt::format("{}: {}", step_, operation) : step_ + operation);
}

/// Between two steps the trace keeps the last operation.
void WatchedOperations::write(std::string text) {
    if (!text.empty()) {
        current_.text = std::move(text);
        trace_.begin(current_);
    }
}

}  // namespace trilby::backends
