// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cpu/backend.hpp"

namespace trilby::backends {

const Definition& definition() {
    return cpu_backend();
}

}  // namespace trilby::backends
