// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A counter of errors that is not 0, with what it means.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trilby::validate {

struct ErrorEvent {
    std::string counter;       ///< "Xid 79"
    std::uint64_t before = 0;  ///< the count before the check, since the system started
    std::uint64_t count = 0;   ///< the highest count during the check
    std::string origin;        ///< "hardware"; empty if the counter is not known
    std::string meaning;
    std::string remedy;
};

/// Looks the counter up in the tables of src/machine/errors/.
[[nodiscard]] ErrorEvent explained(std::string_view counter, std::uint64_t before,
                                   std::uint64_t count);

}  // namespace trilby::validate
