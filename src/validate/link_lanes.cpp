// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/link_lanes.hpp"

#include <fmt/format.h>

namespace trilby::validate {

std::optional<JudgedLanes> judge_lanes(const PciLink& link) {
    if (!link.width || link.max_width.value_or(0) == 0) {
        return std::nullopt;
    }
    return JudgedLanes{*link.width >= *link.max_width,
                       {.kind = IssueKind::failure,
                        .where = lanes_name,
                        .found = fmt::format("{}", *link.width),
                        .expected = fmt::format("{}", *link.max_width),
                        .remedy = "reseat the card; if its slot has no more lanes, write a file "
                                  "with --write-expect and give it with --expect"}};
}

}  // namespace trilby::validate
