// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/evidence.hpp"

namespace trilby::doctor {

std::span<const Condition> container_conditions() {
    return {};
}

}  // namespace trilby::doctor
