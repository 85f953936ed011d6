// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The operators that the graph of an exported model may call. LibTorch has others, which read
/// files, send to other machines, or change memory that is not the model's.

#pragma once

#include <string_view>

namespace trilby::backends {

/// `name` is without the namespace and the overload: "linear".
[[nodiscard]] bool is_allowed_operator(std::string_view name);

}  // namespace trilby::backends
