// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/training_view.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/enum_name.hpp"
#include "base/print.hpp"
#include "base/units.hpp"
#include "platform/terminal.hpp"
#include "report/progress.hpp"
#include "report/training_words.hpp"

namespace trilby::report {
namespace {

constexpr auto line_interval = std::chrono::seconds(10);

/// The first ones of many.
SafeText weights_in_words(const std::vector<train::ClassWeight>& weights) {
    constexpr std::size_t most = 10;
    SafeText text;
    for (std::size_t i = 0; i < std::min(most, weights.size()); ++i) {
        text += SafeText::format("{}{} {:.3g}", i == 0 ? "" : ", ", one_line(weights[i].name, 32),
                                 weights[i].weight);
    }
    if (weights.size() > most) {
        text += SafeText::format(", and {} more", weights.size() - most);
    }
    return text;
}

}  // namespace

SafeText result_in_words(const train::TrainingResult& result) {
    const std::string test = in_words("test", result.metric, result.test);
    return SafeText(test.empty() ? in_words("validation", result.metric, result.validation) : test);
}

SafeText precision_in_words(const train::PrecisionUse& precision) {
    return SafeText::format("{}: {}", enum_name(precision.name), one_line(precision.reason, 400));
}

TrainingView::TrainingView(std::FILE* out) : out_(out), bar_(out) {}

void TrainingView::show(const train::Event& event) {
    std::visit([this](const auto& content) { show_one(content); }, event);
    std::fflush(out_);
}

void TrainingView::show_one(const train::StartEvent& event) {
    metric_ = event.metric;
    unit_ = one_line(event.unit, 16);
    epochs_ = event.epochs;
    steps_per_epoch_ = std::max<std::int64_t>(1, event.steps_per_epoch);
    first_step_ = event.step;
    started_ = last_line_ = Clock::now();
    const train::Libraries& libraries = event.libraries;
    print_to(out_, "libraries   LibTorch {}, {} BLAS, {}, {} thread{}\n",
             one_line(libraries.libtorch, 64), one_line(libraries.blas.kind, 64),
             libraries.onednn ? "oneDNN" : "no oneDNN", libraries.threads,
             libraries.threads == 1 ? "" : "s");
    print_to(out_, "examples    {} to train, {} to validate, {} to test\n",
             format_count(event.training_examples), format_count(event.validation_examples),
             format_count(event.test_examples));
    print_to(out_, "network     {} parameters\n", format_count(event.parameters));
    if (event.precision) {
        print_to(out_, "precision   {}\n", precision_in_words(*event.precision));
    }
    if (event.exchange) {
        print_to(out_, "gradients   {}\n", one_line(*event.exchange, 400));
    }
    if (event.class_weights) {
        print_to(out_, "classes     weights: {}\n", weights_in_words(*event.class_weights));
    }
    print_to(out_, "\n");
    if (libraries.blas.kind == "reference") {
        warn(
            "matrix products run on the reference BLAS, about 30 times slower than necessary: "
            "install libopenblas0-pthread (Debian) or flexiblas-openblas-openmp (Fedora)");
    }
    show_resumption(event);
}

void TrainingView::show_resumption(const train::StartEvent& event) {
    const train::Resumption resumption = event.resumption.value_or(train::Resumption{});
    for (const std::string& damage : resumption.damage) {
        warn(one_line(damage, 400));
    }
    if (const auto& before = resumption.sharing_before) {
        warn(
            fmt::format("this run was computed by {} process{} with {} thread{} each before, and "
                        "now is not: its bits will differ from those of a run without a break",
                        before->processes, before->processes == 1 ? "" : "es", before->threads,
                        before->threads == 1 ? "" : "s"));
    }
    if (event.step > 0) {
        print_to(out_, "resumed after step {} of {}\n", event.step, epochs_ * steps_per_epoch_);
    }
}

void TrainingView::show_one(const train::ProgressEvent& event) {
    if (!event.training_loss.content) {
        return;
    }
    const auto now = Clock::now();
    const std::int64_t steps = epochs_ * steps_per_epoch_;
    const TrainingProgress progress{
        .epoch = std::min(epochs_, (event.step - 1) / steps_per_epoch_ + 1),
        .epochs = epochs_,
        .step = event.step,
        .steps = steps,
        .training_loss = *event.training_loss.content,
        .rate = speed_in_words(event.units_per_second, unit_),
        .time_left =
            time_left(now - started_, first_step_, event.step, static_cast<double>(steps))};
    if (bar_.is_on_terminal()) {
        // Asked each time, because the window may have been resized.
        const int columns = platform::terminal_of(::fileno(out_)).columns;
        bar_.show(SafeText(progress_bar(progress, columns)));
    } else if (now - last_line_ >= line_interval) {
        print_to(out_, "{}\n", progress_line(progress));
        last_line_ = now;
    }
}

void TrainingView::show_one(const train::EpochEvent& event) {
    clear_bar();
    print_to(out_, epoch_line(event, {metric_, unit_, epochs_}));
    last_line_ = Clock::now();
}

void TrainingView::show_result(const train::TrainingResult& result,
                               const std::vector<train::Baseline>& baselines) {
    clear_bar();
    print_to(out_, "\n{} after {} epoch{} in {}\n", result_in_words(result), result.epochs,
             result.epochs == 1 ? "" : "s", format_duration(result.seconds));
    show_best_epoch(result);
    show_reading(result);
    show_saving(result);
    show_verification(result);
    show_baselines(result, baselines);
}

void TrainingView::show_best_epoch(const train::TrainingResult& result) {
    if (result.time_is_over.value_or(false)) {
        print_to(out_,
                 "stopped in epoch {} of {}, since the time was over: training was slower than "
                 "measured at the start\n",
                 result.epochs, epochs_);
    } else if (result.stopped_after) {
        // The result does not say which one was the best if its weights were not kept.
        print_to(out_, "stopped before epoch {}, since {}\n", result.epochs + 1,
                 result.best_epoch ? fmt::format("no epoch after {} was better", *result.best_epoch)
                                   : "the last epochs were not better");
    }
    if (result.best_epoch && *result.best_epoch != result.epochs) {
        print_to(out_, "the weights are those of epoch {}, the best one\n", *result.best_epoch);
    }
}

void TrainingView::show_reading(const train::TrainingResult& result) {
    if (result.reading) {
        const train::Reading& reading = *result.reading;
        print_to(out_,
                 "data        {} on a disk; training waited {} for them, {:.1f} % of the time\n",
                 format_bytes(reading.bytes), format_duration(reading.seconds_waited),
                 result.seconds > 0.0 ? 100.0 * reading.seconds_waited / result.seconds : 0.0);
    }
}

void TrainingView::show_saving(const train::TrainingResult& result) {
    if (result.saving && result.saving->checkpoints > 0) {
        const train::SavingCost& cost = *result.saving;
        print_to(out_, "saved       {} of {}; training waited {} for {}\n",
                 cost.checkpoints == 1 ? "1 checkpoint"
                                       : format_count(cost.checkpoints) + " checkpoints",
                 format_bytes(cost.bytes_each), format_duration(cost.seconds_of_training),
                 cost.checkpoints == 1 ? "it" : "them");
    }
}

void TrainingView::show_verification(const train::TrainingResult& result) {
    if (result.verification) {
        const train::Verification& done = *result.verification;
        print_to(out_, "verified    {} computed twice, with the same bits, in {}\n",
                 done.steps == 1 ? "1 step was" : format_count(done.steps) + " steps were",
                 format_duration(done.seconds));
    }
}

/// What is reached without a network, and whether the network is better.
void TrainingView::show_baselines(const train::TrainingResult& result,
                                  const std::vector<train::Baseline>& baselines) {
    const bool is_tested = !result.test.empty();
    bool pays = true;
    for (const train::Baseline& baseline : baselines) {
        print_to(out_, "baseline    {}: {}\n", baseline.name,
                 in_words(is_tested ? "test" : "validation", result.metric, baseline.metrics));
        pays = pays && train::is_better(result.metric, is_tested ? result.test : result.validation,
                                        baseline.metrics);
    }
    if (!pays) {
        warn("the network does not pay: a baseline is as good");
    }
}

void TrainingView::warn(std::string_view message) {
    print_to(out_, "warning: {}\n\n", message);
}

}  // namespace trilby::report
