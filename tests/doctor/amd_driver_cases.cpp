// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {

std::vector<ConditionCase> amd_driver_cases() {
    return {};
}

}  // namespace trilby::testing
