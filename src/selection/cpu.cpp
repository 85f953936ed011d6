// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "selection/requirements.hpp"

namespace trilby::selection {

std::span<const Check> cpu_checks() {
    static constexpr std::array<Check, 2> checks{module_is_installed, module_fits};
    return checks;
}

}  // namespace trilby::selection
