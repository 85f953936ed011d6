// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

#include "pt2/program.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// The content of models/model.json, without the tensors. ErrorCode::bad_data for what does not
/// follow the schema or is not supported; `where` names the document in errors.
[[nodiscard]] Result<Program> read_program(std::string_view json_text, std::string_view where);

}  // namespace trilby::pt2
