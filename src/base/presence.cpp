// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/presence.hpp"

namespace trilby {

std::string_view why_missing(Presence presence, std::string_view malformed) {
    switch (presence) {
        case Presence::denied:
            return "may not be read";
        case Presence::malformed:
            return malformed;
        default:
            return "does not exist";
    }
}

}  // namespace trilby
