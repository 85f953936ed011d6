// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/nccl_link.hpp"

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <memory>
#include <string_view>

#include "backends/common/backend.hpp"

namespace trilby::backends {
namespace {

/// Uses an event, because not every LibTorch can be asked about a stream.
group::NcclCommunicator::IsDone follow(c10::Stream stream) {
    auto event = std::make_shared<c10::Event>(stream.device_type());
    event->record(stream);
    return [event] { return event->query(); };
}

}  // namespace

std::string nccl_library() {
    return std::string_view(definition().name) == "rocm" ? "librccl.so.1" : "libnccl.so.2";
}

group::NcclCommunicator::Follow follow_default_stream(torch::Device device) {
    if (device.is_cpu()) {
        return [] { return [] { return true; }; };
    }
    const auto stream = c10::impl::VirtualGuardImpl(device.type()).getDefaultStream(device);
    return [stream] { return follow(stream); };
}

}  // namespace trilby::backends
