// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "selection/requirements.hpp"

namespace trilby::selection {

const Backend& cpu_backend() {
    static constexpr Backend backend{.name = "cpu"};
    return backend;
}

}  // namespace trilby::selection
