// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>

namespace trilby::report {

/// Text from outside for an element or an attribute of XML or HTML. Control bytes, which XML cannot
/// write, become \xNN.
[[nodiscard]] std::string escaped(std::string_view untrusted);

}  // namespace trilby::report
