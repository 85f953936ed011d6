// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/runs_text.hpp"

#include <gmock/gmock.h>

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using train::RunRecord;

TEST(RunsText, TextFromOutsideStaysOnItsLine) {
    const RunRecord run{.folder = "/runs/a\nforged\x1b[31m",
                        .state = train::RunState::damaged,
                        .damage = "b\nforged",
                        .recipe = "c\nforged"};
    const std::string text = to_text({run}, "runs");
    EXPECT_THAT(text, Not(HasSubstr("\nforged")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(RunsText, AComparisonOfManyRunsFindsTheBest) {
    train::RunComparison comparison{.metric = "mse", .part = "test", .best = "/b"};
    for (const char* name : {"a", "b", "c"}) {
        comparison.runs.push_back({.summary = {{.name = name, .run = std::string("/") + name}},
                                   .test = {{"mse", {0.5}}}});
    }
    const std::string text = to_text(comparison);
    EXPECT_THAT(text, HasSubstr("b is the best by the test MSE, so far\n"));
    EXPECT_THAT(text, HasSubstr("their recipes are the same\n"));
    EXPECT_THAT(text, HasSubstr("test MSE   0.5000   0.5000   0.5000\n"));
}

TEST(RunsText, AComparisonShowsTheMachinesThatAreKnown) {
    const train::TrainingMachine machine{
        .trilby = "1.2.3", .backend = "cpu", .device = "made\nforged", .threads = 2};
    const train::RunComparison comparison{
        .runs = {{.summary = {{.name = "a", .run = "/a", .machine = machine}}},
                 {.summary = {{.name = "b", .run = "/b"}}}},
        .obstacles = {"made"}};
    const std::string text = to_text(comparison);
    EXPECT_THAT(text, HasSubstr("cpu, 2 threads"));
    EXPECT_THAT(text, HasSubstr("1.2.3"));
    EXPECT_THAT(text, Not(HasSubstr("system")));
    EXPECT_THAT(text, Not(HasSubstr("\nforged")));
}

TEST(RunsText, ALongListOfRemovedFilesIsCut) {
    train::RunRemoval removal{.folder = "/runs/a", .kept = {"x"}, .size_bytes = 2048};
    for (int i = 0; i < 100; ++i) {
        removal.files.push_back("f" + std::to_string(i));
    }
    const std::string text = to_text(removal, true);
    EXPECT_THAT(text, HasSubstr("would remove /runs/a (2 KiB): f0, f1"));
    EXPECT_THAT(text, HasSubstr("f7 and 92 more\n"));
    EXPECT_THAT(text, HasSubstr("the folder would stay, because Trilby did not write: x\n"));
}

}  // namespace
}  // namespace trilby::report
