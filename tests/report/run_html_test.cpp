// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/run_html.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using trilby::testing::fact;

const std::string hostile = "<img src=x onerror=alert(1)>\"'&\x1b[2J";

train::Recipe made_recipe() {
    return {.name = "made", .task = train::table::Settings{}};
}

train::EpochEvent made_epoch(std::int64_t number) {
    const auto n = static_cast<double>(number);
    return {.epoch = number,
            .training_loss = 1 / n,
            .validation = {{"loss", {2 / n}}, {"accuracy", {1 - 1 / n}}},
            .learning_rate = 0.1};
}

train::RunHistory made_record(std::int64_t epochs) {
    train::RunHistory history;
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
        history.epochs.push_back(made_epoch(epoch));
    }
    return history;
}

/// A network that takes every class for the next one.
train::Evaluation made_evaluation(std::size_t classes) {
    train::Evaluation evaluation{.examples = static_cast<std::int64_t>(classes),
                                 .part = "test",
                                 .metric = "accuracy",
                                 .metrics = {{"accuracy", {0.25}}},
                                 .baselines = {{"one class always", {{"accuracy", {0.5}}}}}};
    std::vector<std::string> names;
    std::vector<std::int32_t> truth;
    std::vector<std::int32_t> predicted;
    for (std::size_t c = 0; c < classes; ++c) {
        names.push_back(fmt::format("class{}", c));
        truth.push_back(static_cast<std::int32_t>(c));
        predicted.push_back(static_cast<std::int32_t>((c + 1) % classes));
    }
    report_classes(evaluation, names, truth, predicted);
    return evaluation;
}

RunReport made_report(std::int64_t epochs, std::size_t classes) {
    return {.checkpoint = "/runs/made-1/checkpoint.safetensors",
            .data = "/data/made.csv",
            .recipe = made_recipe(),
            .history = made_record(epochs),
            .evaluation = made_evaluation(classes),
            .samples = {},
            .machine = {.machine = {}, .backend = "cpu", .libtorch = "2.9.1"},
            .program_version = "1.2.3"};
}

TEST(RunHtml, IsASelfContainedPage) {
    const std::string page = to_html(made_report(3, 4));
    EXPECT_THAT(page, HasSubstr("<!doctype html>"));
    EXPECT_THAT(page, HasSubstr("<h1>made: accuracy 25.00 %</h1>"));
    for (const char* const outside : {"http:", "https:", "<script", "<link", "url(", "@import"}) {
        EXPECT_THAT(page, Not(HasSubstr(outside)));
    }
}

TEST(RunHtml, ComparesTheResultWithTheBaselines) {
    EXPECT_THAT(to_html(made_report(3, 4)),
                HasSubstr("Without a network: one class always 50.00 %."));
}

TEST(RunHtml, ShowsVersionsAndSettings) {
    const std::string page = to_html(made_report(3, 4));
    EXPECT_THAT(page, HasSubstr("<td>2.9.1</td>"));
    EXPECT_THAT(page, HasSubstr("<td>1.2.3</td>"));
    EXPECT_THAT(page, HasSubstr("batch_size = 128"));
}

TEST(RunHtml, ShowsTheMachineOfTheTraining) {
    RunReport report = made_report(3, 4);
    EXPECT_THAT(to_html(report), Not(HasSubstr("Trained with")));
    report.history.machine = {.trilby = "1.1.0",
                              .backend = "cuda",
                              .device = "another device",
                              .libtorch = "2.8.0",
                              .threads = 5,
                              .system = "another system",
                              .kernel = "6.1"};
    const std::string page = to_html(report);
    EXPECT_THAT(page, HasSubstr("<h2>Trained with</h2>"));
    for (const char* fact : {"1.1.0", "cuda, 5 CPU threads", "another device", "2.8.0",
                             "another system, kernel 6.1"}) {
        EXPECT_THAT(page, HasSubstr(std::string("<td>") + fact + "</td>"));
    }
}

TEST(RunHtml, EscapesTextFromOutside) {
    RunReport report = made_report(3, 2);
    report.checkpoint = report.data = report.recipe.name = report.recipe.summary = hostile;
    report.machine.backend = report.machine.libtorch = hostile;
    report.machine.machine.cpu.model = fact(hostile);
    report.history.notes = {hostile};
    report.history.machine = {.trilby = hostile,
                              .backend = hostile,
                              .device = hostile,
                              .libtorch = hostile,
                              .system = hostile,
                              .kernel = hostile};
    report.evaluation.classes[0].name = hostile;
    report.evaluation.baselines[0].name = hostile;
    report.evaluation.errors = {{.name = hostile}};
    report.samples.first = {{.truth = hostile, .predicted = hostile}};
    report.samples.numbers = train::NumberSamples{hostile, {{1, 1}}};
    report.samples.forecasts = {{hostile, 1, {1}, {2}, {3}}};
    report.samples.text_losses = {{0, 1}};
    report.samples.generated = hostile + "\n" + hostile;
    const std::string page = to_html(report);
    EXPECT_THAT(page, HasSubstr("&lt;img src=x"));
    EXPECT_THAT(page, Not(HasSubstr("<img")));
    EXPECT_THAT(page, Not(HasSubstr("\x1b")));
}

TEST(RunHtml, LongRunsAndManyClassesFitAPage) {
    const std::string page = to_html(made_report(100'000, 1000));
    EXPECT_LT(page.size(), std::size_t{1} << 20);
    EXPECT_THAT(page, HasSubstr("<summary>All 1,000 classes</summary>"));
    EXPECT_THAT(page, Not(HasSubstr("Confusion matrix")));
    EXPECT_THAT(page, HasSubstr("Most frequent confusions"));
}

TEST(RunHtml, ARunWithoutMetricsSaysSo) {
    RunReport report = made_report(0, 2);
    report.history.notes = {"metrics.jsonl cannot be read: it does not exist"};
    const std::string page = to_html(report);
    EXPECT_THAT(page, HasSubstr("metrics.jsonl cannot be read"));
    EXPECT_THAT(page, Not(HasSubstr("<svg")));
}

TEST(RunHtml, ValuesThatAreNotFiniteAreLeftOut) {
    RunReport report = made_report(3, 2);
    report.history.epochs[1].training_loss = HUGE_VAL;
    report.history.epochs[1].validation["accuracy"] = {};
    report.samples.numbers = train::NumberSamples{"x", {{NAN, 1}, {1e308, -1e308}}};
    const std::string page = to_html(report);
    EXPECT_THAT(page, Not(HasSubstr("nan")));
    EXPECT_THAT(page, Not(HasSubstr("inf,")));
}

TEST(RunHtml, PicturesArePartOfThePage) {
    RunReport report = made_report(3, 2);
    const data::Image gray{.width = 2, .height = 2, .channels = 1, .pixels = {0, 85, 170, 255}};
    report.samples.errors = report.samples.first = {
        {.example = 7, .truth = "cat", .predicted = "dog", .probability = 0.9, .picture = gray}};
    const std::string page = to_html(report);
    EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,iVBORw0KGgo"));
    EXPECT_THAT(page, HasSubstr("<span class=\"fail\">dog</span>, 90.0 %<br>truth: cat"));
}

TEST(RunHtml, AForecastIsDrawnBesideTheTruth) {
    RunReport report = made_report(3, 2);
    report.samples.forecasts = {{"OT", 5, {1, 2, 3}, {4, 5}, {4, 6}}};
    const std::string page = to_html(report);
    EXPECT_THAT(page, HasSubstr("aria-label=\"OT, window 5\""));
    EXPECT_THAT(page, HasSubstr("<g class=\"line-3\">"));
}

}  // namespace
}  // namespace trilby::report
