// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/dashboard.hpp"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>

#include "base/unicode.hpp"

namespace trilby::report {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using train::RunState;

const sys_seconds now{seconds(1'000'000)};

train::EpochEvent epoch_of(std::int64_t number, double loss) {
    return {.epoch = number,
            .step = 100 * number,
            .training_loss = loss,
            .validation = {{"accuracy", {1 - loss / 2}}, {"loss", {loss + 0.1}}},
            .learning_rate = 0.001,
            .units_per_second = {5000.0},
            .seconds = {60.0}};
}

/// A run with so many of its 100 epochs.
Dashboard dashboard_of(std::int64_t epochs, RunState state = RunState::running) {
    Dashboard dashboard{.run = {.folder = "/runs/houses-1",
                                .state = state,
                                .recipe = "houses",
                                .task = "images",
                                .unit = "images",
                                .epochs = 100,
                                .changed = now - seconds(12),
                                .last_epoch_ended = now - seconds(20),
                                .saved = now - seconds(12)},
                        .now = now};
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
        dashboard.run.last_epoch = epoch_of(epoch, 1.0 / static_cast<double>(epoch));
        dashboard.epochs.add(*dashboard.run.last_epoch);
    }
    return dashboard;
}

/// The columns that a line takes, without its colors. The program's own characters take one each.
int width_of(std::string_view line) {
    int columns = 0;
    while (!line.empty()) {
        if (line.starts_with("\x1b[")) {
            line.remove_prefix(line.find('m') + 1);
            continue;
        }
        line.remove_prefix(std::max<std::size_t>(1, first_character(line).bytes));
        ++columns;
    }
    return columns;
}

std::string text_of(const Dashboard& dashboard, const Window& window) {
    std::string text;
    for (const SafeText& line : draw(dashboard, window)) {
        text += static_cast<const std::string&>(line) + "\n";
    }
    return text;
}

TEST(Dashboard, FitsIntoAnyWindow) {
    for (const std::int64_t epochs : {0, 1, 45}) {
        for (const RunState state : {RunState::running, RunState::ended, RunState::stopped,
                                     RunState::empty, RunState::damaged}) {
            const Dashboard dashboard = dashboard_of(epochs, state);
            for (const int columns : {1, 2, 3, 9, 20, 27, 40, 56, 60, 80, 120, 200, 500}) {
                for (const int rows : {1, 2, 3, 5, 7, 8, 10, 15, 24, 40, 60, 200}) {
                    for (const bool is_rich : {false, true}) {
                        const Window window{columns, rows, is_rich, is_rich};
                        const auto lines = draw(dashboard, window);
                        ASSERT_LE(lines.size(), static_cast<std::size_t>(rows));
                        for (const SafeText& line : lines) {
                            const std::string& text = line;
                            ASSERT_LE(width_of(text), columns) << text;
                        }
                    }
                }
            }
        }
    }
}

TEST(Dashboard, ShowsEverythingWhereThereIsRoom) {
    const std::string text = text_of(dashboard_of(45), {120, 40});
    for (const char* part :
         {"houses-1", "training", "45 %", "epoch     45 of 100", "time left 54 min 40 s",
          "current   98.89 % accuracy", "best      98.89 % in epoch 45", "loss      0.02222",
          "passed    45 min 20 s", "changed   12 s ago", "speed     5,000 images/s",
          "step      4,500 of 10,000", "lr        0.001", "saved     12 s ago", "recipe    houses",
          "loss  * training  o validation", "accuracy  * validation",
          "epoch     loss  validation loss  validation accuracy", "q quit"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
}

TEST(Dashboard, ASmallWindowKeepsTheMostImportant) {
    EXPECT_EQ(text_of(dashboard_of(45), {1, 1}), "~\n");
    EXPECT_EQ(text_of(dashboard_of(45), {20, 5}),
              "houses-1    training\n"
              "######........  45 %\n"
              "epoch     45 of 100\n"
              "time left 54 min 40~\n"
              "current   98.89 % a~\n");
    EXPECT_THAT(text_of(dashboard_of(45), {60, 15}), HasSubstr("loss"));
    EXPECT_THAT(text_of(dashboard_of(45), {80, 24}), HasSubstr("validation accuracy"));
}

TEST(Dashboard, WithoutColorsThereAreNoEscapes) {
    EXPECT_THAT(text_of(dashboard_of(45), {120, 40, false, true}), Not(HasSubstr("\x1b")));
    EXPECT_THAT(text_of(dashboard_of(45), {120, 40, true, true}), HasSubstr("\x1b[32mtraining"));
}

TEST(Dashboard, WithoutUtf8ThereIsOnlyAscii) {
    Dashboard dashboard = dashboard_of(45);
    dashboard.run.folder = "/runs/h\u00e4user";
    for (const bool has_color : {false, true}) {
        const std::string text = text_of(dashboard, {120, 40, has_color, false});
        EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c >= 0; }));
    }
}

TEST(Dashboard, TextFromOutsideCannotControlTheTerminal) {
    Dashboard dashboard = dashboard_of(1, RunState::damaged);
    const std::string hostile = "a\x1b[2J\r\nFORGED\u202e";
    dashboard.run.folder = "/runs/" + hostile;
    dashboard.run.recipe = dashboard.run.unit = dashboard.run.damage = hostile;
    dashboard.run.machine = {.backend = hostile, .device = hostile};
    const std::string text = text_of(dashboard, {300, 40, false, true});
    EXPECT_THAT(text, HasSubstr("FORGED"));
    EXPECT_THAT(text, Not(AnyOf(HasSubstr("\x1b"), HasSubstr("\r"), HasSubstr("\nFORGED"),
                                HasSubstr("\u202e"))));
}

TEST(Dashboard, SaysWhatStateTheRunIsIn) {
    const Window window{80, 24};
    EXPECT_THAT(text_of(dashboard_of(3, RunState::ended), window), HasSubstr("finished"));
    const std::string stopped = text_of(dashboard_of(3, RunState::stopped), window);
    EXPECT_THAT(stopped, HasSubstr("stopped\n"));
    EXPECT_THAT(stopped, HasSubstr("continue with: trilby train --resume /runs/houses-1"));
    EXPECT_THAT(stopped, Not(HasSubstr("time left")));
    Dashboard silent = dashboard_of(3);
    silent.run.changed = now - seconds(1300);
    EXPECT_THAT(text_of(silent, window), HasSubstr("no sign of life"));
    Dashboard gone = dashboard_of(3);
    gone.trouble = "'/runs/houses-1' is not the folder of a run";
    EXPECT_THAT(text_of(gone, window), HasSubstr("unreadable"));
    EXPECT_THAT(text_of(gone, window), HasSubstr("is not the folder of a run"));
    EXPECT_THAT(text_of(gone, window), HasSubstr("3 of 100"));
}

TEST(Dashboard, ARunThatEndedShowsItsTestAndDevice) {
    Dashboard dashboard = dashboard_of(3, RunState::ended);
    dashboard.run.result = {
        .epochs = 3, .metric = "accuracy", .test = {{"accuracy", {0.75}}}, .best_epoch = 2};
    dashboard.run.machine = {.backend = "cpu", .device = "Made CPU"};
    const std::string text = text_of(dashboard, {80, 24});
    EXPECT_THAT(text, HasSubstr("test      75.00 % accuracy"));
    EXPECT_THAT(text, HasSubstr("weights   of epoch 2"));
    EXPECT_THAT(text, HasSubstr("cpu, Made CPU"));
}

TEST(Dashboard, AProcessThatTrainsShowsItsSteps) {
    Dashboard dashboard = dashboard_of(2);
    dashboard.live = {.step = 250,
                      .steps = 1000,
                      .training_loss = {0.125},
                      .units_per_second = 7777,
                      .seconds_left = 90};
    const std::string text = text_of(dashboard, {80, 24});
    for (const char* part : {"25 %", "step      250 of 1,000", "loss      0.125",
                             "speed     7,777 images/s", "time left 1 min 30 s"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
}

TEST(Dashboard, TheClockOfAnotherMachineMayBeAhead) {
    Dashboard dashboard = dashboard_of(3);
    dashboard.run.changed = now + seconds(600);
    EXPECT_THAT(text_of(dashboard, {80, 24}), HasSubstr("changed   0.0 s ago"));
}

TEST(EpochHistory, FindsTheBestEpochByTheDecidingMetric) {
    EpochHistory history;
    history.add(epoch_of(1, 0.5));
    history.add(epoch_of(2, 0.2));
    history.add(epoch_of(3, 0.4));
    EXPECT_EQ(history.metric, "accuracy");
    EXPECT_EQ(history.best.epoch, 2);
    EXPECT_EQ(history.last(), 3);
    EXPECT_EQ(history.seconds, 180);
}

TEST(EpochHistory, ManyEpochsTakeBoundedMemory) {
    EpochHistory history;
    for (std::int64_t epoch = 1; epoch <= 100'000; ++epoch) {
        history.add(epoch_of(epoch, 1.0));
    }
    EXPECT_EQ(history.newest.size(), EpochHistory::most_newest);
    EXPECT_LE(history.training_loss.stretches().size(), Curve::most_stretches);
}

TEST(EpochHistory, ValuesThatAreNotNumbersAreShownAsSuch) {
    Dashboard dashboard = dashboard_of(0);
    train::EpochEvent epoch = epoch_of(1, std::nan(""));
    epoch.step = std::numeric_limits<std::int64_t>::max();
    epoch.validation = {{"accuracy", {}}, {"loss", {HUGE_VAL}}};
    epoch.seconds = {HUGE_VAL};
    epoch.units_per_second = {-HUGE_VAL};
    dashboard.epochs.add(epoch);
    const std::string text = text_of(dashboard, {120, 40});
    EXPECT_THAT(text, HasSubstr("not a number"));
    EXPECT_THAT(text, HasSubstr("no values yet"));
    EXPECT_THAT(text, StartsWith("houses-1"));
}

}  // namespace
}  // namespace trilby::report
