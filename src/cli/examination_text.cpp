// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/examination_text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/units.hpp"
#include "report/training_view.hpp"
#include "train/documents.hpp"
#include "train/time_budget.hpp"

namespace trilby::cli {
namespace {

std::string time(double seconds) {
    return format_duration(seconds);
}

/// One line per layer: its name, the shapes of its parameters and their number.
SafeText layers_text(const train::Examination& examination) {
    std::size_t names = 0;
    std::size_t shapes = 0;
    std::vector<std::string> shapes_of;
    for (const train::LayerExamination& layer : examination.layers) {
        shapes_of.push_back(fmt::format("{}", fmt::join(layer.shapes, ", ")));
        names = std::max(names, layer.name.size());
        shapes = std::max(shapes, shapes_of.back().size());
    }
    SafeText text;
    for (std::size_t i = 0; i < examination.layers.size(); ++i) {
        const train::LayerExamination& layer = examination.layers[i];
        text += SafeText::format("  {}  {}  {:>12}\n", fmt::format("{:{}}", layer.name, names),
                                 fmt::format("{:{}}", shapes_of[i], shapes),
                                 format_count(layer.parameters));
    }
    return text;
}

}  // namespace

SafeText examination_text(const TrainingPlan& plan, const train::Examination& examination) {
    const train::LoopSettings& training = plan.recipe.training;
    return SafeText::format("examples    {} to train, {} to validate, {} to test\n",
                            format_count(examination.training_examples),
                            format_count(examination.validation_examples),
                            format_count(examination.test_examples)) +
           "layers      name, shapes of the parameters, their number\n" + layers_text(examination) +
           SafeText::format("parameters  {}\nmemory      {} at the peak\n",
                            format_count(examination.parameters),
                            format_bytes(examination.memory_bytes)) +
           (examination.precision
                ? SafeText::format("precision   {}\n",
                                   report::precision_in_words(*examination.precision))
                : SafeText()) +
           SafeText::format("time        {} per step, {} epoch{} of {} steps: about {}\n\n",
                            train::format_step_time(examination.seconds_per_step),
                            format_count(training.epochs), training.epochs == 1 ? "" : "s",
                            format_count(examination.steps_per_epoch),
                            time(train::estimated_seconds(training, examination))) +
           SafeText::lines(train::to_toml(plan.recipe));
}

json::object examination_json(const TrainingPlan& plan, const train::Examination& examination) {
    return train::document_of(train::ExaminationDocument{
        .recipe = {train::to_toml(plan.recipe)},
        .decisions = plan.decisions,
        .estimated_seconds = train::estimated_seconds(plan.recipe.training, examination),
        .examination = {examination}});
}

}  // namespace trilby::cli
