// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/common/backend.hpp"

namespace trilby::backends {

[[nodiscard]] const Definition& cpu_backend();

}  // namespace trilby::backends
