// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cpu/backend.hpp"
#include "backends/gpu/backend.hpp"
#include "base/text.hpp"
#include "libtrilby_train/linked_backends.hpp"

namespace trilby {

std::vector<LinkedBackend> linked_backends() {
    constexpr std::string_view gpu_targets = TRILBY_GPU_TARGETS;  // the build's
    const auto words = split_words(gpu_targets);
    return {{backends::gpu_backend(), {words.begin(), words.end()}}, {backends::cpu_backend(), {}}};
}

}  // namespace trilby
