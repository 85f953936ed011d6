// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/error_event.hpp"

#include "machine/errors/error_meaning.hpp"

namespace trilby::validate {

ErrorEvent explained(std::string_view counter, std::uint64_t before, std::uint64_t count) {
    ErrorEvent event{.counter = std::string(counter),
                     .before = before,
                     .count = count,
                     .origin = {},
                     .meaning = {},
                     .remedy = {}};
    if (const auto known = error_meaning(counter)) {
        event.origin = error_origin_name(known->origin);
        event.meaning = known->meaning;
        event.remedy = known->remedy;
    }
    return event;
}

}  // namespace trilby::validate
