// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/training_view.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "report/progress.hpp"

namespace trilby::cli {
namespace {

constexpr const char* where = "training event";
constexpr auto line_interval = std::chrono::seconds(10);

std::string percent(double fraction) {
    return fmt::format("{:.2f} %", 100.0 * fraction);
}

std::string count(std::int64_t number) {
    return format_count(static_cast<std::uint64_t>(std::max<std::int64_t>(0, number)));
}

}  // namespace

TrainingView::TrainingView(std::FILE* out)
    : out_(out), terminal_(platform::terminal_of(::fileno(out))) {}

void TrainingView::show(const json::object& event) {
    const std::string type = json::get_string(event, "type", where).value_or("");
    // A malformed event is not shown; the run itself reports it.
    if (type == "start") {
        static_cast<void>(start(event));
    } else if (type == "progress") {
        static_cast<void>(progress(event));
    } else if (type == "epoch") {
        static_cast<void>(epoch(event));
    }
    std::fflush(out_);
}

Result<void> TrainingView::start(const json::object& event) {
    TRILBY_TRY(libraries, json::get_object(event, "libraries", where));
    TRILBY_TRY(libtorch, json::get_string(libraries, "libtorch", where));
    TRILBY_TRY(blas, json::get_object(libraries, "blas", where));
    TRILBY_TRY(blas_kind, json::get_string(blas, "kind", where));
    TRILBY_TRY(onednn, json::get_boolean(libraries, "onednn", where));
    TRILBY_TRY(threads, json::get_integer(libraries, "threads", where));
    TRILBY_TRY(parameters, json::get_integer(event, "parameters", where));
    TRILBY_TRY(training, json::get_integer(event, "training_images", where));
    TRILBY_TRY(validation, json::get_integer(event, "validation_images", where));
    TRILBY_TRY(test, json::get_integer(event, "test_images", where));
    TRILBY_TRY(epochs, json::get_integer(event, "epochs", where));
    TRILBY_TRY(steps_per_epoch, json::get_integer(event, "steps_per_epoch", where));
    TRILBY_TRY(step, json::get_integer(event, "step", where));
    epochs_ = epochs;
    steps_per_epoch_ = std::max<std::int64_t>(1, steps_per_epoch);
    first_step_ = step;
    started_ = last_line_ = Clock::now();
    print_to(out_, "libraries   LibTorch {}, {} BLAS, {}, {} thread{}\n", printable(libtorch, 64),
             printable(blas_kind, 64), onednn ? "oneDNN" : "no oneDNN", threads,
             threads == 1 ? "" : "s");
    print_to(out_, "images      {} to train, {} to validate, {} to test\n", count(training),
             count(validation), count(test));
    print_to(out_, "network     {} parameters\n\n", count(parameters));
    if (blas_kind == "reference") {
        warn(
            "matrix products run on the reference BLAS, about 30 times slower than necessary: "
            "install libopenblas0-pthread (Debian) or flexiblas-openblas-openmp (Fedora)");
    }
    if (step > 0) {
        print_to(out_, "resumed after step {} of {}\n", step, epochs_ * steps_per_epoch_);
    }
    return {};
}

Result<void> TrainingView::progress(const json::object& event) {
    TRILBY_TRY(step, json::get_integer(event, "step", where));
    TRILBY_TRY(loss, json::get_number(event, "training_loss", where));
    TRILBY_TRY(rate, json::get_number(event, "images_per_second", where));
    const auto now = Clock::now();
    const std::int64_t steps = epochs_ * steps_per_epoch_;
    const auto done = static_cast<double>(std::max<std::int64_t>(1, step - first_step_));
    const report::TrainingProgress progress{
        .epoch = std::min(epochs_, (step - 1) / steps_per_epoch_ + 1),
        .epochs = epochs_,
        .step = step,
        .steps = steps,
        .training_loss = loss,
        .images_per_second = std::clamp(rate, 0.0, 1e12),
        .time_left = (now - started_) * (static_cast<double>(steps - step) / done)};
    if (terminal_.is_terminal) {
        // Asked each time, because the window may have been resized.
        const int columns = platform::terminal_of(::fileno(out_)).columns;
        print_to(out_, "\r\x1b[K{}", report::progress_bar(progress, columns));
        has_bar_ = true;
    } else if (now - last_line_ >= line_interval) {
        print_to(out_, "{}\n", report::progress_line(progress));
        last_line_ = now;
    }
    return {};
}

Result<void> TrainingView::epoch(const json::object& event) {
    TRILBY_TRY(number, json::get_integer(event, "epoch", where));
    TRILBY_TRY(loss, json::get_number(event, "training_loss", where));
    TRILBY_TRY(accuracy, json::get_number(event, "validation_accuracy", where));
    TRILBY_TRY(rate, json::get_number(event, "images_per_second", where));
    TRILBY_TRY(seconds, json::get_number(event, "seconds", where));
    clear_bar();
    print_to(out_, "epoch {:{}}/{}  loss {:.4f}  validation accuracy {}  {} images/s  {}\n", number,
             fmt::formatted_size("{}", epochs_), epochs_, loss, percent(accuracy),
             count(std::llround(std::clamp(rate, 0.0, 1e12))),
             format_duration(std::chrono::duration<double>(seconds)));
    last_line_ = Clock::now();
    return {};
}

void TrainingView::show_result(const json::object& result) {
    clear_bar();
    const double accuracy = json::get_number(result, "test_accuracy", where).value_or(NAN);
    const double seconds = json::get_number(result, "seconds", where).value_or(NAN);
    const std::int64_t epochs = json::get_integer(result, "epochs", where).value_or(0);
    print_to(out_, "\ntest accuracy {} after {} epoch{} in {}\n", percent(accuracy), epochs,
             epochs == 1 ? "" : "s", format_duration(std::chrono::duration<double>(seconds)));
}

void TrainingView::clear_bar() {
    if (has_bar_) {
        print_to(out_, "\r\x1b[K");
        std::fflush(out_);
        has_bar_ = false;
    }
}

void TrainingView::warn(std::string_view message) {
    print_to(out_, "warning: {}\n\n", message);
}

}  // namespace trilby::cli
