// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>

namespace trilby {

/// As RFC 4648 defines it, with padding and without line feeds.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace trilby
