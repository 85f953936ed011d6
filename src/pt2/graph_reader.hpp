// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The JSON of torch.export as records.

#pragma once

#include <string_view>

#include "base/json.hpp"
#include "pt2/program.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// ErrorCode::bad_data for JSON that does not follow the schema; `where` names the document in
/// errors. Whether names have values is not checked.
[[nodiscard]] Result<Graph> read_graph(const json::object& graph, std::string_view where);

/// Without strides and offset.
[[nodiscard]] Result<TensorMeta> read_tensor_meta(const json::object& meta, std::string_view where);
[[nodiscard]] Result<Size> read_size(const json::value& size, std::string_view where);

}  // namespace trilby::pt2
