// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/run_dashboard.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/environment.hpp"
#include "platform/terminal.hpp"
#include "report/progress.hpp"
#include "train/run_files.hpp"
#include "train/run_record.hpp"

namespace trilby::cli {
namespace {

constexpr auto refresh_interval = std::chrono::milliseconds(500);

report::Window window() {
    const platform::Terminal terminal = platform::terminal_of(STDOUT_FILENO);
    return {.columns = terminal.columns,
            .rows = terminal.rows,
            .has_color = terminal.has_color,
            .has_utf8 = terminal.has_utf8};
}

bool quits(std::optional<char> key) {
    return key && (*key == 'q' || *key == 'Q' || *key == platform::FullScreen::end_of_input);
}

}  // namespace

Result<void> require_screen(std::string instead) {
    if (!platform::terminal_of(STDOUT_FILENO).is_terminal) {
        return failure(ErrorCode::usage, "standard output is not a terminal", std::move(instead));
    }
    if (platform::environment_variable("TERM").value_or("dumb") == "dumb") {
        return failure(ErrorCode::usage,
                       "the terminal cannot move its cursor: TERM is 'dumb' or not set",
                       std::move(instead));
    }
    return {};
}

WatchedRun::WatchedRun(std::filesystem::path folder)
    : folder_(std::move(folder)), metrics_(folder_ / train::metrics_name) {}

Result<void> WatchedRun::read() {
    using namespace std::chrono;
    shown_.now = floor<seconds>(system_clock::now());
    TRILBY_TRY(run, train::read_run(folder_));
    // A run that is resumed from an earlier checkpoint, or another one in its place.
    if ((run.last_epoch ? run.last_epoch->epoch : 0) < shown_.epochs.last()) {
        shown_.epochs = {};
        metrics_ = train::MetricsReader(folder_ / train::metrics_name);
    }
    shown_.run = std::move(run);
    return read_metrics();
}

void WatchedRun::refresh() {
    const auto done = read();
    shown_.trouble = done ? "" : done.error().message;
}

/// Reads no more lines at once than there is time for between two drawings; the next call
/// continues.
Result<void> WatchedRun::read_metrics() {
    constexpr std::size_t most_lines = 50'000;
    std::size_t lines = 0;
    return metrics_.read_new_lines([&](std::string_view line) {
        const auto epoch = train::parse_epoch(line);
        if (epoch && epoch->epoch > shown_.epochs.last()) {
            shown_.epochs.add(*epoch);
        }
        return ++lines < most_lines;
    });
}

Result<void> watch_run(const std::filesystem::path& folder) {
    using Clock = std::chrono::steady_clock;
    using std::chrono::milliseconds;
    TRILBY_CHECK(require_screen("print the epochs with: trilby runs tail --follow " +
                                shell_word(folder.string())));
    WatchedRun run(folder);
    TRILBY_CHECK(run.read());
    platform::InterruptWatch interrupts;
    platform::FullScreen screen(interrupts);
    auto next_refresh = Clock::now() + refresh_interval;
    while (interrupts.count() == 0) {
        screen.draw(report::draw(run.shown(), window()));
        const auto pause = std::chrono::ceil<milliseconds>(next_refresh - Clock::now());
        if (quits(screen.wait(std::max(pause, milliseconds(0))))) {
            return {};
        }
        if (Clock::now() >= next_refresh) {
            run.refresh();
            next_refresh = Clock::now() + refresh_interval;
        }
    }
    return failure(ErrorCode::interrupted, "interrupted");
}

TrainingDashboard::TrainingDashboard(std::filesystem::path folder, train::TrainingMachine machine,
                                     platform::InterruptWatch& interrupts)
    : run_(std::move(folder)), machine_(std::move(machine)), interrupts_(interrupts) {}

void TrainingDashboard::open(const train::StartEvent& event) {
    first_step_ = event.step;
    live_ = {.step = event.step, .steps = event.epochs * event.steps_per_epoch};
    started_ = Clock::now();
    screen_.emplace(interrupts_);
    draw();
}

void TrainingDashboard::note(const train::ProgressEvent& event) {
    live_.step = event.step;
    live_.training_loss = event.training_loss;
    live_.units_per_second = event.units_per_second;
    live_.seconds_left = report::time_left(Clock::now() - started_, first_step_, event.step,
                                           static_cast<double>(live_.steps))
                             .count();
}

void TrainingDashboard::show(const train::Event& event) {
    if (const auto* progress = std::get_if<train::ProgressEvent>(&event)) {
        note(*progress);
    }
    if (Clock::now() >= next_refresh_) {
        draw();
    }
    if (quits(screen_->wait(std::chrono::milliseconds(0)))) {
        close();
    }
}

void TrainingDashboard::draw() {
    run_.refresh();
    run_.shown().live = live_;
    run_.shown().run.machine = machine_;
    screen_->draw(report::draw(run_.shown(), window()));
    next_refresh_ = Clock::now() + refresh_interval;
}

}  // namespace trilby::cli
