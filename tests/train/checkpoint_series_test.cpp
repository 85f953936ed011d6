// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/checkpoint_series.hpp"

#include <array>
#include <gmock/gmock.h>
#include <limits>
#include <optional>
#include <sys/stat.h>

#include "support/temporary_folder.hpp"
#include "train/run_files.hpp"
#include "train/saving.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using trilby::testing::read_file;

class CheckpointSeriesTest : public ::testing::Test {
  protected:
    /// Writes a checkpoint of a step.
    void write(CheckpointSeries& series, const std::string& step) const {
        const std::array<float, 1> weights{1.0F};
        const std::array<TensorView, 1> tensors{
            {{"weight", "F32", {1}, std::as_bytes(std::span(weights))}}};
        const auto written = series.write(tensors, {{"step", step}});
        ASSERT_TRUE(written) << written.error().message;
    }
    void write_steps(std::int64_t kept, std::initializer_list<const char*> steps) const {
        CheckpointSeries series(newest_, kept);
        for (const char* step : steps) {
            write(series, step);
        }
    }
    /// The step of the checkpoint that a resumed run reads.
    [[nodiscard]] std::string newest_good() const {
        auto good = CheckpointSeries(newest_, 2).read_newest_good();
        return good ? good->checkpoint.metadata().at("step") : good.error().message;
    }
    /// The steps of all files, the newest first.
    [[nodiscard]] std::vector<std::string> steps() const {
        std::vector<std::string> found;
        std::vector<const char*> names{checkpoint_name};
        names.insert(names.end(), earlier_checkpoint_names.begin(), earlier_checkpoint_names.end());
        for (const char* name : names) {
            if (const auto metadata = read_metadata(folder_ / name)) {
                found.push_back(metadata->at("step"));
            }
        }
        return found;
    }
    void damage(const char* name) const {
        std::string content = read_file(folder_ / name);
        content.back() ^= 1;
        folder_.write(name, content);
    }

    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path newest_ = folder_ / checkpoint_name;
};

TEST_F(CheckpointSeriesTest, KeepsTheNewestAndThoseBeforeIt) {
    write_steps(3, {"1", "2"});
    EXPECT_THAT(steps(), ElementsAre("2", "1"));
    write_steps(3, {"3", "4", "5"});
    EXPECT_THAT(steps(), ElementsAre("5", "4", "3"));
    EXPECT_EQ(newest_good(), "5");
}

TEST_F(CheckpointSeriesTest, KeepsNoMoreThanItIsAskedFor) {
    write_steps(most_checkpoints, {"1", "2", "3", "4", "5", "6", "7"});
    EXPECT_EQ(steps().size(), static_cast<std::size_t>(most_checkpoints));
    write_steps(1, {"8"});
    EXPECT_THAT(steps(), ElementsAre("8"));
}

TEST_F(CheckpointSeriesTest, ADamagedOrLostOneIsReplacedByTheOneBeforeIt) {
    write_steps(3, {"1", "2", "3"});
    damage("checkpoint.safetensors");
    auto good = CheckpointSeries(newest_, 3).read_newest_good();
    ASSERT_TRUE(good);
    EXPECT_EQ(good->file, folder_ / "checkpoint-1.safetensors");
    EXPECT_THAT(good->damage, ElementsAre(HasSubstr("SHA-256 does not match")));
    std::filesystem::remove(folder_ / "checkpoint-1.safetensors");
    EXPECT_EQ(newest_good(), "1");
    std::filesystem::remove(newest_);
    EXPECT_EQ(newest_good(), "1");
}

TEST_F(CheckpointSeriesTest, TheErrorIsThatOfTheNewestIfNoneCanBeRead) {
    EXPECT_THAT(newest_good(), HasSubstr("checkpoint.safetensors': No such file"));
    write_steps(2, {"1", "2"});
    damage("checkpoint.safetensors");
    damage("checkpoint-1.safetensors");
    EXPECT_THAT(newest_good(), HasSubstr("checkpoint.safetensors' is damaged"));
}

TEST_F(CheckpointSeriesTest, ADamagedOneTakesNoPlaceOfAGoodOne) {
    write_steps(2, {"1", "2"});
    damage("checkpoint.safetensors");
    CheckpointSeries series(newest_, 2);
    ASSERT_TRUE(series.read_newest_good());
    write(series, "3");
    EXPECT_THAT(steps(), ElementsAre("3", "1"));
    write(series, "4");
    EXPECT_THAT(steps(), ElementsAre("4", "3"));
}

TEST_F(CheckpointSeriesTest, GoesOnAfterAProcessThatWasKilledBetweenTwoNames) {
    write_steps(2, {"1", "2"});
    std::filesystem::remove(folder_ / "checkpoint-1.safetensors");
    std::filesystem::create_hard_link(newest_, folder_ / "checkpoint-1.safetensors");
    write_steps(2, {"3"});
    EXPECT_THAT(steps(), ElementsAre("3", "2"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2);
}

TEST_F(CheckpointSeriesTest, AFailureLosesNothing) {
    write_steps(2, {"1", "2"});
    // A folder cannot be replaced by a file.
    std::filesystem::remove(folder_ / "checkpoint-1.safetensors");
    std::filesystem::create_directories(folder_ / "checkpoint-1.safetensors/x");
    CheckpointSeries series(newest_, 2);
    EXPECT_FALSE(series.write({}, {{"step", "3"}}));
    EXPECT_EQ(newest_good(), "2");
}

TEST_F(CheckpointSeriesTest, SaysBeforehandThatTheFileSystemIsTooSmall) {
    const CheckpointSeries series(newest_, 2);
    EXPECT_TRUE(series.require_space(1000));
    const auto too_large = series.require_space(std::uint64_t{1} << 60);
    ASSERT_FALSE(too_large);
    EXPECT_EQ(too_large.error().code, ErrorCode::io);
    EXPECT_THAT(too_large.error().message, HasSubstr("need 3 EiB"));
    EXPECT_THAT(too_large.error().hint, HasSubstr("--keep-checkpoints 1"));
}

TEST_F(CheckpointSeriesTest, FindsTheNewestMetadataAndAnyCheckpoint) {
    EXPECT_FALSE(has_checkpoint(newest_));
    EXPECT_THAT(newest_metadata(newest_), IsEmpty());
    write_steps(2, {"1", "2"});
    std::filesystem::remove(newest_);
    EXPECT_TRUE(has_checkpoint(newest_));
    EXPECT_EQ(newest_metadata(newest_).at("step"), "1");
}

}  // namespace
}  // namespace trilby::train
