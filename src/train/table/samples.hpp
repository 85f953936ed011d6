// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <span>

#include "train/prepared_data.hpp"
#include "train/samples.hpp"
#include "train/table/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

[[nodiscard]] Result<Samples> choose_samples(const Settings& settings, const PreparedData& data,
                                             std::span<const float> outputs);

}  // namespace trilby::train::table
