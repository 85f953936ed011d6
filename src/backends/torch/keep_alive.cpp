// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/keep_alive.hpp"

namespace trilby::backends {
namespace {

constexpr auto keep_alive_interval = std::chrono::milliseconds(200);

}  // namespace

bool KeepAlive::is_due() const {
    return Clock::now() - last_ >= keep_alive_interval;
}

void KeepAlive::send() {
    if (is_due()) {
        context_.event({{"type", "working"}});
        last_ = Clock::now();
    }
}

Result<void> KeepAlive::check() {
    send();
    return context_.is_cancelled() ? failure(ErrorCode::interrupted, "interrupted")
                                   : Result<void>();
}

}  // namespace trilby::backends
