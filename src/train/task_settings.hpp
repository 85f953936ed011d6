// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The kinds of data that can be learned. A kind is one line here and one folder in this folder
/// and in src/backends/torch/.

#pragma once

#include <variant>

#include "train/images/settings.hpp"

namespace trilby::train {

using TaskSettings = std::variant<images::Settings>;

}  // namespace trilby::train
