// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/enum_name.hpp"
#include "machine/describe.hpp"
#include "machine/describe_results.hpp"

namespace trilby {

std::string_view container_name(ContainerKind kind) {
    return enum_name(kind);
}

std::string_view runtime_state_name(RuntimeState state) {
    return enum_name(state);
}

std::string_view severity_name(Severity severity) {
    return enum_name(severity);
}

std::string_view place_name(Place place) {
    return enum_name(place);
}

}  // namespace trilby
