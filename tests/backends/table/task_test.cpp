// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/task.hpp"

#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <optional>

#include "../../support/temporary_folder.hpp"
#include "train/table/data.hpp"

namespace trilby::backends {
namespace {

using train::table::Settings;

/// x in -2..2, a category, y = x^2 (with another sign for "b"), and whether y is above 1.
std::string made_table() {
    std::string text = "x,c,y,big\n";
    for (int i = 0; i < 400; ++i) {
        const double x = (i * 37 % 400) / 100.0 - 2.0;
        const double y = (i % 3 == 0 ? -1.0 : 1.0) * x * x;
        text += fmt::format("{},{},{},{}\n", x, i % 3 == 0 ? "b" : "a", y, y > 1.0 ? "yes" : "no");
    }
    return text;
}

class TrainTable : public ::testing::Test {
  protected:
    std::unique_ptr<Task> make(std::string target) {
        Settings settings;
        settings.path = folder_.write("t.csv", made_table()).string();
        settings.target = std::move(target);
        settings.columns = {{settings.target == "y" ? "big" : "y", "ignored"}};
        settings.width = 32;
        settings.members = 4;
        recipe_.training.seed = 1;
        data_.emplace(train::table::prepare(settings, recipe_, std::nullopt).value());
        return make_task(settings, recipe_, {data_->schema, data_->parts, data_->arrays},
                         torch::kCPU)
            .value();
    }
    /// Steps on all training rows.
    static void learn(Task& task, int steps) {
        std::vector<std::int64_t> rows(static_cast<std::size_t>(task.count(data::Part::training)));
        std::iota(rows.begin(), rows.end(), std::int64_t{0});
        torch::optim::Adam optimizer(task.network().parameters(), torch::optim::AdamOptions(0.02));
        for (int i = 0; i < steps; ++i) {
            optimizer.zero_grad();
            task.loss(task.batch(rows, 1)).backward();
            optimizer.step();
        }
        task.network().eval();
    }
    static double metric(Task& task, data::Part part) {
        const torch::NoGradGuard no_grad;
        return *task.evaluate(part).at(std::string(task.metric())).content;
    }

    testing::TemporaryFolder folder_;
    train::Recipe recipe_;
    std::optional<train::PreparedData> data_;
};

TEST_F(TrainTable, EstimatesANumber) {
    const auto task = make("y");
    EXPECT_EQ(task->metric(), "rmse");
    EXPECT_EQ(task->unit(), "rows");
    learn(*task, 150);
    const double baseline = *data_->baselines[0].metrics.at("rmse").content;
    EXPECT_LT(metric(*task, data::Part::test), 0.1 * baseline);
}

TEST_F(TrainTable, PredictsInTheUnitOfTheTarget) {
    const auto task = make("y");
    learn(*task, 150);
    const torch::NoGradGuard no_grad;
    const torch::Tensor numbers = task->predict(data::Part::test, 3, 6);
    EXPECT_EQ(numbers.sizes(), torch::IntArrayRef({3, 1}));
    const auto schema = train::table::parse_schema(data_->schema).value();
    const auto targets = data_->arrays.elements<float>("targets");
    for (std::int64_t i = 0; i < 3; ++i) {
        const auto row = static_cast<std::size_t>(data_->parts.test.first + 3 + i);
        EXPECT_NEAR(numbers[i][0].item<double>(),
                    train::table::in_own_unit(schema.target, targets[row]), 0.5);
    }
}

TEST_F(TrainTable, TellsClassesApartAndGivesProbabilities) {
    const auto task = make("big");
    EXPECT_EQ(task->metric(), "accuracy");
    learn(*task, 60);
    EXPECT_GT(metric(*task, data::Part::test), 0.95);
    const torch::NoGradGuard no_grad;
    const torch::Tensor probabilities = task->predict(data::Part::validation, 0, 5);
    EXPECT_TRUE(probabilities.sum(1).allclose(torch::ones(5)));
}

TEST_F(TrainTable, DoesNotNeedTargetsToPredict) {
    const auto task = make("y");
    const auto schema = train::table::parse_schema(data_->schema).value();
    const auto path = folder_.write("new.csv", "c,x\na,1.5\nb,0\n");
    const auto arrays = train::table::input_arrays(schema, path).value();
    const data::Parts parts{.training = {}, .validation = {}, .test = {0, 2}};
    const auto other = make_task(Settings{}, recipe_, {data_->schema, parts, arrays}, torch::kCPU);
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_EQ((*other)->predict(data::Part::test, 0, 2).sizes(), torch::IntArrayRef({2, 1}));
}

TEST_F(TrainTable, RefusesPartsBeyondTheRows) {
    const auto task = make("y");
    const data::Parts parts{.training = {0, 401}, .validation = {}, .test = {}};
    const auto other =
        make_task(Settings{}, recipe_, {data_->schema, parts, data_->arrays}, torch::kCPU);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_data);
}

}  // namespace
}  // namespace trilby::backends
