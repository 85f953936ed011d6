// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/folder.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"
#include "train/documents.hpp"

namespace trilby::train::search {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class SearchFolderTest : public ::testing::Test {
  protected:
    SearchRecord record_{.recipe = "made",
                         .metric = "rmse",
                         .varied = {"network.width=64,512"},
                         .candidates = 3,
                         .rungs = {1, 3},
                         .time_s = 60.0};
    Recipe recipe_{.name = "made",
                   .task = table::Settings{.path = "rows.csv", .target = "price"},
                   .training = {.epochs = 3}};
    trilby::testing::TemporaryFolder folder_;

    static TrialRecord trial(std::string run, double score) {
        return {.run = std::move(run), .epochs_done = 1, .score = {score}, .seconds = 1.0};
    }
    Result<SearchRecord> parsed() const {
        return parse_record(json::pretty(document_of(record_)), "search.json");
    }
};

TEST_F(SearchFolderTest, ARecordIsReadAsItWasWritten) {
    record_.trials = {trial("trial-1", 0.5)};
    record_.verdict = verdict_of(record_);
    record_.verdict->test = Metrics{{"rmse", {0.6}}};
    const auto again = parsed();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(json::pretty(document_of(*again)), json::pretty(document_of(record_)));
}

TEST_F(SearchFolderTest, UnfinishedTrialsAreTrainedAgain) {
    record_.trials = {trial("trial-1", 0.5),
                      {.run = "trial-2", .state = TrialState::unfinished, .reason = "x"}};
    EXPECT_THAT(parsed()->trials, SizeIs(1));
}

TEST_F(SearchFolderTest, ARecordThatCannotBeTrueIsRefused) {
    const SearchRecord good = record_;
    const auto expect_refused = [&](const char* what, auto change) {
        record_ = good;
        record_.trials = {trial("trial-1", 0.5)};
        change(record_);
        const auto read = parsed();
        ASSERT_FALSE(read) << what;
        EXPECT_EQ(read.error().code, ErrorCode::bad_data) << what;
    };
    expect_refused("path", [](SearchRecord& one) { one.trials[0].run = "../trial-1"; });
    expect_refused("candidate", [](SearchRecord& one) { one.trials[0].candidate = 3; });
    expect_refused("epochs", [](SearchRecord& one) { one.trials[0].epochs = 4; });
    expect_refused("no score", [](SearchRecord& one) { one.trials[0].score = {}; });
    expect_refused("metric", [](SearchRecord& one) { one.metric = "luck"; });
    expect_refused("no metric", [](SearchRecord& one) { one.metric = ""; });
    expect_refused("rungs", [](SearchRecord& one) { one.rungs = {3, 3}; });
    expect_refused("no rungs", [](SearchRecord& one) { one.rungs = {}; });
    expect_refused("candidates", [](SearchRecord& one) { one.candidates = 1'000'000; });
    expect_refused("seeds", [](SearchRecord& one) { one.seeds = 0; });
    expect_refused("time", [](SearchRecord& one) { one.time_s = -1; });
}

TEST_F(SearchFolderTest, TheVerdictOfTheFileIsNotTaken) {
    record_.trials = {trial("trial-1", 0.5)};
    record_.verdict = SearchVerdict{.run = "../../elsewhere", .test = Metrics{}};
    EXPECT_EQ(parsed()->verdict->run, "trial-1");
    EXPECT_FALSE(parsed()->verdict->test);
}

TEST_F(SearchFolderTest, ASearchIsContinuedInItsFolder) {
    {
        const auto created = SearchFolder::create(recipe_, folder_ / "search");
        ASSERT_TRUE(created) << created.error().message;
        ASSERT_TRUE(created->write_record(record_));
        EXPECT_FALSE(SearchFolder::reopen(folder_ / "search")) << "it is in use";
    }
    const auto again = SearchFolder::reopen(folder_ / "search");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_toml(again->recipe()), to_toml(recipe_));
    EXPECT_EQ(again->read_record()->time_s, 60.0);
    const auto second = SearchFolder::create(recipe_, folder_ / "search");
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("already has a file default.toml"));
    EXPECT_FALSE(SearchFolder::reopen(folder_ / "nowhere"));
}

TEST_F(SearchFolderTest, AnInterruptedTrialIsContinuedAndOthersGetNewFolders) {
    const auto search = SearchFolder::create(recipe_, folder_ / "search");
    ASSERT_TRUE(search);
    const auto name_of_next = [&] {
        return search->trial_folder(recipe_, record_)->path().filename().string();
    };
    EXPECT_EQ(name_of_next(), "trial-1");
    EXPECT_EQ(name_of_next(), "trial-1");
    recipe_.training.seed = 2;
    EXPECT_EQ(name_of_next(), "trial-2");
    std::filesystem::create_symlink(folder_.path(), folder_ / "search/trial-3");
    recipe_.training.seed = 3;
    record_.trials = {trial("trial-4", 0.5)};
    EXPECT_EQ(name_of_next(), "trial-5");
}

TEST_F(SearchFolderTest, ASearchThatNeverBeganLeavesNothing) {
    SearchFolder::create(recipe_, folder_ / "search/deep")->tidy();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "search"));
}

TEST_F(SearchFolderTest, ATrialIsTrainedWithItsSeedAndEpochs) {
    record_.steps_per_epoch = 7;
    recipe_.schedule.warmup_steps = 30;
    const Recipe recipe = recipe_of(record_, {.changes = {}, .recipe = recipe_},
                                    {.stage = Stage::compare, .seed = 5, .epochs = 2});
    EXPECT_EQ(recipe.training.epochs, 2);
    EXPECT_EQ(recipe.training.seed, 5);
    EXPECT_EQ(recipe.training.steps_per_epoch, 7);
    EXPECT_EQ(recipe.schedule.warmup_steps, 1);  // of 14
}

}  // namespace
}  // namespace trilby::train::search
