// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Folders of runs that nobody trained.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "support/temporary_folder.hpp"
#include "train/checkpoint.hpp"
#include "train/recipe.hpp"
#include "train/run_files.hpp"

namespace trilby::train {

struct MadeRun {
    Recipe recipe{.name = "made",
                  .task = series::Settings{.path = "load.csv", .look_back = 8, .horizon = 2},
                  .training = {.epochs = 5}};
    int epochs_done = 0;
    std::optional<double> test_mse;  ///< of a run that has ended
    std::string schema = "{}";       ///< of its checkpoint; empty: it has none
};

inline std::string metrics_line(int epoch, double mse) {
    return fmt::format(R"({{"epoch":{},"step":{},"training_loss":0.5,"validation":{{"loss":0.25,)"
                       R"("mse":{}}},"learning_rate":0.1,"units_per_second":1000.0,"seconds":2.0}})"
                       "\n",
                       epoch, 10 * epoch, mse);
}

class RunsTest : public ::testing::Test {
  protected:
    /// Its validation MSE is 1 / epoch.
    std::filesystem::path make(const std::string& name, const MadeRun& made) const {
        folder_.write(name + "/recipe.toml", to_toml(made.recipe));
        folder_.write(name + "/.trilby-lock", "1");
        std::string lines;
        for (int epoch = 1; epoch <= made.epochs_done; ++epoch) {
            lines += metrics_line(epoch, 1.0 / epoch);
        }
        folder_.write(name + "/metrics.jsonl", lines);
        if (!made.schema.empty()) {
            EXPECT_TRUE(write_checkpoint(folder_ / name / checkpoint_name, {},
                                         {{"trilby.schema", made.schema}}));
        }
        if (made.test_mse) {
            folder_.write(name + "/result.json", result_of(made));
        }
        return folder_ / name;
    }

    testing::TemporaryFolder folder_;

  private:
    static std::string result_of(const MadeRun& made) {
        return json::serialize(
            {{"epochs", made.epochs_done},
             {"steps", 10},
             {"seconds", 1.5},
             {"metric", "mse"},
             {"validation", {{"mse", 0.5}}},
             {"test", {{"mse", *made.test_mse}}},
             {"test_examples", 7},
             {"checkpoint", "somewhere"},
             {"graph", nullptr},
             {"best_epoch", 1},
             {"baselines", {{{"name", "last value"}, {"metrics", {{"mse", 2.0}}}}}}});
    }
};

}  // namespace trilby::train
