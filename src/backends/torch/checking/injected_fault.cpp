// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/injected_fault.hpp"

#include <chrono>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <thread>

#include "backends/torch/checking/element_types.hpp"
#include "base/random.hpp"

namespace trilby::backends {
namespace {

using validate::FaultClass;

std::span<std::byte> bytes_of(torch::Tensor& host) {
    return {static_cast<std::byte*>(host.data_ptr()), host.nbytes()};
}

}  // namespace

InjectedFault::InjectedFault(std::optional<FaultClass> fault, std::uint64_t seed) {
    if (fault) {
        injector_.emplace(*fault, SplitMix64(seed)());
    }
}

void InjectedFault::strike(torch::Tensor& host, double progress, std::optional<std::uint32_t> cpu) {
    if (injector_) {
        validate::ElementLayout layout = layout_of(host.scalar_type());
        layout.columns = host.dim() < 2 ? 0 : static_cast<std::size_t>(host.size(-1));
        layout.cpu = cpu;
        injector_->strike(bytes_of(host), layout, progress);
    }
}

void InjectedFault::disturb(torch::Tensor& stored, double progress) {
    if (injector_ && injector_->changes_values()) {
        torch::Tensor host = stored.to(torch::kCPU).contiguous();
        strike(host, progress);
        stored.copy_(host);
    }
}

void InjectedFault::rested() {
    if (injector_) {
        injector_->rested();
    }
}

void InjectedFault::end_if_due() {
    if (!injector_ || !injector_->ends_now()) {
        return;
    }
    switch (injector_->fault()) {
        case FaultClass::crash:
            std::abort();
        case FaultClass::lost_device:
            throw std::runtime_error("the device is lost (injected)");
        default:
            std::this_thread::sleep_for(std::chrono::hours(24));
    }
}

int InjectedFault::slowdown(validate::Work work, double progress) {
    return injector_ ? injector_->slowdown(work, progress) : 1;
}

}  // namespace trilby::backends
