// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/verdict.hpp"

#include "base/enum_name.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {

std::string_view verdict_name(Verdict verdict) {
    return enum_name(verdict);
}

std::optional<Verdict> verdict_named(std::string_view name) {
    return enum_named<Verdict>(name);
}

std::string_view skip_reason_name(SkipReason reason) {
    return enum_name(reason);
}

std::string_view persistence_name(Persistence persistence) {
    return enum_name(persistence);
}

}  // namespace trilby::validate
