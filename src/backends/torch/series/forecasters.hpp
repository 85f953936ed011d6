// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <memory>

#include "backends/torch/series/network.hpp"
#include "train/series/settings.hpp"

namespace trilby::backends {

/// The kind of the settings; nlinear is linear here, since it differs in what it is given.
[[nodiscard]] std::shared_ptr<Forecaster> make_forecaster(const train::series::Settings& settings,
                                                          std::int64_t variables);

}  // namespace trilby::backends
