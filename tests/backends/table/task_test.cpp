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
#include "support/stopped_evaluation.hpp"
#include "train/table/data.hpp"
#include "train/table/predictions.hpp"

namespace trilby::backends {
namespace {

using train::table::Settings;

/// x in -2..2, a category, y = x^2 (with another sign for "b"), and whether y is above 1.
std::string made_table(int rows) {
    std::string text = "x,c,y,big\n";
    for (int i = 0; i < rows; ++i) {
        const double x = (i * 37 % rows) * 4.0 / rows - 2.0;
        const double y = (i % 3 == 0 ? -1.0 : 1.0) * x * x;
        text += fmt::format("{},{},{},{}\n", x, i % 3 == 0 ? "b" : "a", y, y > 1.0 ? "yes" : "no");
    }
    return text;
}

class TrainTable : public ::testing::Test {
  protected:
    std::unique_ptr<Task> make(std::string target, int rows = 400) {
        settings_.path = folder_.write("t.csv", made_table(rows)).string();
        settings_.target = std::move(target);
        settings_.columns = {{settings_.target == "y" ? "big" : "y", "ignored"}};
        settings_.width = 32;
        settings_.members = 4;
        recipe_.training.seed = 1;
        data_.emplace(train::table::prepare(settings_, recipe_, std::nullopt).value());
        return make_again();
    }
    /// For the same data.
    std::unique_ptr<Task> make_again() {
        return make_task(settings_, recipe_, {data_->schema, data_->parts, data_->arrays},
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
    Settings settings_;
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

TEST_F(TrainTable, AnEvaluationEndsAfterTheBatchAtWhichItIsStopped) {
    const auto task = make("y", 3500);
    testing::expect_evaluation_stops_after_its_batch(*task);
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

TEST_F(TrainTable, WeighsClassesSoThatEachCountsTheSame) {
    recipe_.training.label_smoothing = 0.1;
    const auto plain = make("big");
    recipe_.training.class_weights = train::LoopSettings::ClassWeights::balanced;
    const auto balanced = make_again();
    EXPECT_EQ(plain->class_weights(), std::nullopt);
    const auto weights = balanced->class_weights().value();
    std::vector<std::int64_t> rows(static_cast<std::size_t>(balanced->count(data::Part::training)));
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    const torch::Tensor labels = balanced->batch(rows, 1)[2];
    double total = 0.0;
    for (std::int64_t label = 0; label < 2; ++label) {
        const Batch batch = balanced->batch(rows, 1);
        const torch::Tensor chosen = labels.eq(label).nonzero().squeeze(1);
        const Batch of_class{batch[0].index_select(0, chosen), batch[1].index_select(0, chosen),
                             batch[2].index_select(0, chosen)};
        const double weight = weights[static_cast<std::size_t>(label)].weight;
        EXPECT_NEAR(balanced->loss(of_class).item<double>(),
                    weight * plain->loss(of_class).item<double>(), 1e-5);
        EXPECT_NEAR(weight * static_cast<double>(chosen.numel()),
                    static_cast<double>(rows.size()) / 2.0, 1e-3);
        total += plain->loss(of_class).item<double>() / 2.0;
    }
    EXPECT_NEAR(balanced->loss(balanced->batch(rows, 1)).item<double>(), total, 1e-5);
}

TEST_F(TrainTable, WeighsOnlyClasses) {
    recipe_.training.class_weights = train::LoopSettings::ClassWeights::balanced;
    const auto of_classes = make("big");
    EXPECT_TRUE(check_class_weights(recipe_, *of_classes, {}));
    const LossFunction own = [](const auto& outputs, const auto&) { return outputs.mean(); };
    EXPECT_FALSE(check_class_weights(recipe_, *of_classes, {.network = {}, .loss = own}));
    EXPECT_FALSE(check_class_weights(recipe_, *make("y"), {}));
}

TEST_F(TrainTable, DoesNotNeedTargetsToPredict) {
    const auto task = make("y");
    const auto path = folder_.write("new.csv", "c,x\na,1.5\nb,0\n");
    const auto inputs =
        train::table::prepare_inputs(Settings{}, recipe_, data_->schema, {path}).value();
    const auto other =
        make_task(Settings{}, recipe_, {inputs.schema, inputs.parts, inputs.arrays}, torch::kCPU);
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
