// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cpu/backend.hpp"
#include "libtrilby_train/linked_backends.hpp"

namespace trilby {

std::vector<LinkedBackend> linked_backends() {
    return {{backends::cpu_backend(), {}}};
}

}  // namespace trilby
