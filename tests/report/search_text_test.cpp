// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/search_text.hpp"

#include <gmock/gmock.h>

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using train::search::SearchConclusion;
using train::search::SearchRecord;
using train::search::SearchVerdict;
using train::search::Standing;
using train::search::TrialState;

SearchRecord made_search() {
    return {.recipe = "made",
            .metric = "accuracy",
            .varied = {"optimizer.learning_rate=0.001..0.1", "network.width=64,512"},
            .candidates = 20,
            .seeds = 2,
            .rungs = {1, 3},
            .time_s = 100.0,
            .start_s = 1.0,
            .epoch_s = 1.0,
            .trials = {{.run = "trial-1", .epochs_done = 1, .score = {0.9}, .seconds = 2.0},
                       {.run = "trial-2",
                        .candidate = 1,
                        .changes = {"optimizer.learning_rate=0.02", "network.width=512"},
                        .epochs = 3,
                        .epochs_done = 2,
                        .state = TrialState::failed,
                        .reason = "the loss is\nnot finite",
                        .seconds = 3.0}}};
}

TEST(SearchText, TheTableHasEveryTrialAndItsReason) {
    const std::string text = trials_text(made_search());
    EXPECT_THAT(text, HasSubstr("trial     stage  learning_rate  width  seed  epochs  validation "
                                "accuracy   time   state\n"));
    EXPECT_THAT(text, HasSubstr("own    own     1       1              90.00 %  2.0 s    done\n"));
    EXPECT_THAT(text, HasSubstr("0.02    512     1     2/3"));
    EXPECT_THAT(text, HasSubstr("\ntrial-2: the loss is not finite\n"));
}

TEST(SearchText, KeysWithTheSameLastPartAreWrittenInFull) {
    SearchRecord search = made_search();
    search.varied = {"network.width=1,2", "data.width=1,2"};
    EXPECT_THAT(std::string(trials_text(search)), HasSubstr("network.width  data.width"));
}

TEST(SearchText, TheVerdictSaysWhetherTheGainIsLuck) {
    SearchRecord search = made_search();
    search.verdict =
        SearchVerdict{.conclusion = SearchConclusion::within_spread,
                      .best = {.candidate = 1, .seeds = 2, .mean = 0.92, .deviation = {0.01}},
                      .own = Standing{.seeds = 2, .mean = 0.91, .deviation = {0.02}},
                      .changes = {"network.width=512"},
                      .run = "trial-2",
                      .test = train::Metrics{{"accuracy", {0.9}}}};
    const std::string text = verdict_text(search);
    EXPECT_THAT(text, HasSubstr("best        network.width=512\n"));
    EXPECT_THAT(text, HasSubstr("accuracy 92.00 % ± 1.00 % (2 seeds)\n"));
    EXPECT_THAT(text,
                HasSubstr("the recipe's own settings: accuracy 91.00 % ± 2.00 % (2 seeds)\n"));
    EXPECT_THAT(text, HasSubstr("not better than the recipe's own settings beyond the spread"));
    EXPECT_THAT(text, HasSubstr("test        accuracy 90.00 %, of trial-2"));
    search.verdict.reset();
    EXPECT_EQ(std::string(verdict_text(search)), "no training succeeded\n");
}

TEST(SearchText, ThePlanSaysWhatFits) {
    SearchRecord search = made_search();
    search.trials.clear();
    const std::string text = plan_text(search, 9);
    EXPECT_THAT(text, HasSubstr("varied      optimizer.learning_rate=0.001..0.1\n"
                                "            network.width=64,512\n"));
    EXPECT_THAT(text, HasSubstr("for 1, 3 epochs, the better ones for more\n"));
    EXPECT_THAT(text, HasSubstr("6 trainings with 2 new seeds"));
    EXPECT_THAT(text, HasSubstr("not enough for the 9 epochs"));
    EXPECT_THAT(std::string(plan_text(search, 3)), Not(HasSubstr("not enough")));
}

TEST(SearchText, TextFromOutsideStaysOnItsLine) {
    SearchRecord search = made_search();
    search.trials[1].changes = {"a\nforged\x1b[31m"};
    search.varied = {"b\nforged=1"};
    search.verdict = SearchVerdict{.changes = search.trials[1].changes, .run = "c\nforged"};
    for (const std::string& text :
         {std::string(trials_text(search)), std::string(verdict_text(search)),
          std::string(plan_text(search, 1)), std::string(trial_line(search.trials[1], "mse"))}) {
        EXPECT_THAT(text, Not(HasSubstr("\nforged")));
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    }
}

}  // namespace
}  // namespace trilby::report
