// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The network of a recipe as C++ code with LibTorch. It computes the same operations as the
/// network of the task in src/backends/torch/, on parameters of the same names, and draws the same
/// random numbers in the same order: tests/package/eject_test.sh compares the bits.

#pragma once

#include <string>

#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::scaffold {

struct NetworkCode {
    std::string header;  ///< network.hpp, from its first #include to its end
    std::string make;    ///< an expression for the network, which may use the Dataset `data`
};

/// ErrorCode::bad_data for a network that does not fit itself or its data.
[[nodiscard]] Result<NetworkCode> network_code(const train::images::Settings& settings,
                                               const train::Recipe& recipe);
[[nodiscard]] Result<NetworkCode> network_code(const train::series::Settings& settings,
                                               const train::Recipe& recipe);
[[nodiscard]] Result<NetworkCode> network_code(const train::table::Settings& settings,
                                               const train::Recipe& recipe);
[[nodiscard]] Result<NetworkCode> network_code(const train::text::Settings& settings,
                                               const train::Recipe& recipe);

}  // namespace trilby::scaffold
