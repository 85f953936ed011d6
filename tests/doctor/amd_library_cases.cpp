// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {

std::vector<ConditionCase> amd_library_cases() {
    return {};
}

}  // namespace trilby::testing
