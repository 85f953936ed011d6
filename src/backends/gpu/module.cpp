// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/gpu/backend.hpp"

namespace trilby::backends {

const Definition& definition() {
    return gpu_backend();
}

}  // namespace trilby::backends
