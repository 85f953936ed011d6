// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Describes the records that a training job reports.

#pragma once

#include "base/describe.hpp"
#include "train/events.hpp"
#include "train/rate_test.hpp"

namespace trilby::train {

TRILBY_DESCRIBE(PrecisionUse, name, reason)
TRILBY_DESCRIBE(Blas, kind, path)
TRILBY_DESCRIBE(Libraries, libtorch, blas, onednn, openmp, threads, gpu)
TRILBY_DESCRIBE(EpochEvent, epoch, step, training_loss, validation, learning_rate, units_per_second,
                seconds)
TRILBY_DESCRIBE(ClassWeight, name, weight)
TRILBY_DESCRIBE(Sharing, threads, processes)
TRILBY_DESCRIBE(Resumption, checkpoint, damage, sharing_before)
TRILBY_DESCRIBE(StartEvent, libraries, parameters, metric, unit, training_examples,
                validation_examples, test_examples, steps_per_epoch, epochs, step, history,
                precision, class_weights, resumption, exchange, validates_first)
TRILBY_DESCRIBE(ProgressEvent, step, training_loss, units_per_second)
TRILBY_DESCRIBE(Verification, interval, steps, seconds)
TRILBY_DESCRIBE(Saving, interval_s, checkpoints)
TRILBY_DESCRIBE(SavingCost, checkpoints, bytes_each, seconds_of_training, seconds_beside)
TRILBY_DESCRIBE(Reading, bytes, seconds_waited)
TRILBY_DESCRIBE(TrainingResult, epochs, steps, seconds, metric, validation, test, test_examples,
                checkpoint, graph, best_epoch, stopped_after, time_is_over, precision, verification,
                reading, saving, exchange)
TRILBY_DESCRIBE(PredictionResult, rows, metric, metrics)
TRILBY_DESCRIBE(LayerExamination, name, shapes, parameters)
TRILBY_DESCRIBE(Examination, layers, parameters, training_examples, validation_examples,
                test_examples, steps_per_epoch, seconds_per_step, seconds_per_evaluation,
                memory_bytes, precision)
TRILBY_DESCRIBE(RatePoint, learning_rate, loss)
TRILBY_DESCRIBE(RateTest, points)

}  // namespace trilby::train
