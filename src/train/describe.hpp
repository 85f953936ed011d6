// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Describes the records that a training job reports.

#pragma once

#include "base/describe.hpp"
#include "train/events.hpp"

namespace trilby::train {

TRILBY_DESCRIBE(Blas, kind, path)
TRILBY_DESCRIBE(Libraries, libtorch, blas, onednn, openmp, threads, gpu)
TRILBY_DESCRIBE(EpochEvent, epoch, step, training_loss, validation_loss, validation_accuracy,
                learning_rate, images_per_second, seconds)
TRILBY_DESCRIBE(StartEvent, libraries, parameters, training_images, validation_images, test_images,
                steps_per_epoch, epochs, step, history)
TRILBY_DESCRIBE(ProgressEvent, step, training_loss, images_per_second)
TRILBY_DESCRIBE(TrainingResult, epochs, steps, seconds, validation_accuracy, test_accuracy,
                test_loss, test_images, checkpoint, graph)

}  // namespace trilby::train
