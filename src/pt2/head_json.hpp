// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>

#include "pt2/head.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// models/model.json with the shapes that `program` gives to its head and its result.
[[nodiscard]] Result<std::string> model_with_head(std::string_view json_text,
                                                  const Program& program, const Head& head);

/// data/weights/model_weights_config.json with the shapes of the head.
[[nodiscard]] Result<std::string> config_with_head(std::string_view json_text,
                                                   const Program& program, const Head& head);

}  // namespace trilby::pt2
