// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <span>
#include <string>

#include "data/table.hpp"

namespace trilby::train::table {

/// "the network does not know 3 values of 'color' (such as 'pink'): they count as missing"; empty
/// if it knows all values. `values` has these columns first.
[[nodiscard]] std::string note_on_unknown(std::span<const data::Column> columns,
                                          const data::TableValues& values);

}  // namespace trilby::train::table
