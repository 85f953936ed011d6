// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace trilby::data {

/// What the examples of a data set are used for.
enum class Part : std::uint8_t { training, validation, test };

}  // namespace trilby::data
