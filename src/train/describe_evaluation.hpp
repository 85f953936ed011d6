// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Describes the records of an evaluation.

#pragma once

#include "base/describe.hpp"
#include "base/write_json.hpp"
#include "train/predictions.hpp"

namespace trilby::train {

TRILBY_DESCRIBE(Baseline, name, metrics)
TRILBY_DESCRIBE(ClassReport, name, examples, predicted, precision, recall, f1)
TRILBY_DESCRIBE(ErrorReport, name, rmse, mae, bias)
TRILBY_DESCRIBE(Evaluation, examples, part, metric, metrics, baselines, classes, confusions, errors)

}  // namespace trilby::train
