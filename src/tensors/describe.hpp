// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Describes the records of model summaries.

#pragma once

#include "base/describe.hpp"
#include "tensors/summary.hpp"

namespace trilby::tensors {

TRILBY_DESCRIBE_ENUM(ModelFormat, '-', safetensors, sharded_safetensors, state_dict, torch_export)
TRILBY_DESCRIBE(TensorSummary, name, dtype, shape, bytes, file)
TRILBY_DESCRIBE(TypeSummary, dtype, tensors, parameters, bytes)
TRILBY_DESCRIBE(FileSummary, name, bytes, tensors)
TRILBY_DESCRIBE(ModelSummary, path, format, bytes, parameters, license, metadata, types, files,
                tensors)

}  // namespace trilby::tensors
