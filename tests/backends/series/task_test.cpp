// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/task.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include "support/stopped_evaluation.hpp"
#include "support/temporary_folder.hpp"
#include "train/prepared_data.hpp"
#include "train/series/baselines.hpp"
#include "train/series/windows.hpp"

namespace trilby::backends {
namespace {

using train::series::Loss;
using train::series::NetworkKind;
using train::series::Schema;
using train::series::Settings;

constexpr std::int64_t look_back = 16;
constexpr std::int64_t horizon = 6;

Settings task_settings(NetworkKind kind) {
    Settings settings;
    settings.look_back = look_back;
    settings.horizon = horizon;
    settings.kind = kind;
    settings.patch_length = 4;
    settings.patch_stride = 2;
    settings.width = 8;
    settings.heads = 2;
    settings.layers = 1;
    return settings;
}

/// Standardized values, [rows, variables], and a schema in which a unit is 2.
struct MadeSeries {
    explicit MadeSeries(const torch::Tensor& values, double mean = 10.0) {
        arrays = std::move(*train::SharedArrays::reserve(
            {{"values", train::ElementType::f32, {values.size(0), values.size(1)}}}));
        const torch::Tensor copy = values.to(torch::kFloat32).contiguous();
        std::copy_n(copy.data_ptr<float>(), copy.numel(),
                    arrays->elements<float>("values").begin());
        Schema made{.time = {}, .step = {}, .variables = {}};
        for (std::int64_t i = 0; i < values.size(1); ++i) {
            made.variables.push_back(
                {.name = "v" + std::to_string(i), .mean = mean, .deviation = 2});
        }
        schema = to_json(made);
        const std::int64_t rows = values.size(0);
        parts = {.training = {0, rows - 80},
                 .validation = {rows - 80, rows - 40},
                 .test = {rows - 40, rows}};
    }
    [[nodiscard]] std::unique_ptr<Task> task(const Settings& settings) const {
        train::Recipe recipe;
        recipe.task = settings;
        auto made = make_task(recipe, {schema, parts, *arrays}, torch::kCPU);
        EXPECT_TRUE(made) << made.error().message;
        return std::move(*made);
    }

    std::optional<train::SharedArrays> arrays;
    json::object schema;
    data::Parts parts;
};

/// Each value tells its row and variable: 100 * variable + row.
torch::Tensor numbered(std::int64_t rows, std::int64_t variables) {
    return torch::arange(rows).unsqueeze(1) + 100 * torch::arange(variables).unsqueeze(0);
}

torch::Tensor waves(std::int64_t rows) {
    const torch::Tensor t = torch::arange(rows).to(torch::kFloat32) * (2.0 * std::numbers::pi / 8);
    return torch::stack({t.sin(), (t * 0.5).cos()}, 1);
}

double metric_of(const train::Metrics& metrics, const char* name) {
    return *metrics.at(name).content;
}

/// A few hundred steps of plain Adam.
void train_briefly(Task& task, int steps) {
    torch::optim::Adam adam(task.network().parameters(), 0.01);
    std::vector<std::int64_t> examples(32);
    for (int step = 0; step < steps; ++step) {
        for (std::size_t i = 0; i < examples.size(); ++i) {
            examples[i] = static_cast<std::int64_t>(i * 7 + static_cast<std::size_t>(step) * 13) %
                          task.count(data::Part::training);
        }
        adam.zero_grad();
        task.loss(task.batch(examples, 0)).backward();
        adam.step();
    }
    task.network().eval();
}

train::Metrics evaluated(Task& task, data::Part part) {
    const torch::NoGradGuard no_grad;
    return task.evaluate(part);
}

const std::array kinds_of_tasks{NetworkKind::linear, NetworkKind::nlinear, NetworkKind::dlinear,
                                NetworkKind::patch_transformer};

TEST(SeriesTask, ABatchHasPastAndFutureOfItsWindows) {
    const MadeSeries made(numbered(200, 2));
    const auto task = made.task(task_settings(NetworkKind::linear));
    const std::vector<std::int64_t> examples{5, 0};
    const Batch batch = task->batch(examples, 1);
    ASSERT_EQ(batch[0].sizes(), (std::vector<std::int64_t>{2, 2, look_back}));
    ASSERT_EQ(batch[1].sizes(), (std::vector<std::int64_t>{2, 2, horizon}));
    EXPECT_EQ(batch[0][0][1][0].item<float>(), 105.0F);
    EXPECT_EQ(batch[0][1][0][look_back - 1].item<float>(), look_back - 1.0F);
    EXPECT_EQ(batch[1][0][0][0].item<float>(), 5.0F + look_back);
}

TEST(SeriesTask, ABatchIsAFunctionOfItsExamples) {
    const MadeSeries made(numbered(200, 2));
    const auto task = made.task(task_settings(NetworkKind::linear));
    const std::vector<std::int64_t> examples{3, 1, 4};
    const Batch first = task->batch(examples, 1);
    const std::vector<std::int64_t> others{2, 2};
    (void)task->batch(others, 5);
    const Batch again = task->batch(examples, 2);
    EXPECT_TRUE(first[0].equal(again[0]) && first[1].equal(again[1]));
}

/// All windows of the training part in one batch.
Batch training_part(const Task& task) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(task.count(data::Part::training)));
    std::iota(all.begin(), all.end(), 0);
    return task.batch(all, 1);
}

/// Of all forecasts, windows x horizon x variables; NaN where a value is missing.
torch::Tensor errors_in_training(Task& task) {
    task.network().eval();
    const torch::NoGradGuard no_grad;
    const auto windows = task.count(data::Part::training);
    return task.predict(data::Part::training, 0, windows) - training_part(task)[1].transpose(1, 2);
}

TEST(SeriesTask, TrainingWindowsEndBeforeTheValidationPart) {
    const MadeSeries made(numbered(200, 1));
    const auto task = made.task(task_settings(NetworkKind::linear));
    const Batch batch = training_part(*task);
    EXPECT_EQ(batch[1].max().item<float>(), 119.0F);
    EXPECT_EQ(batch[0].min().item<float>(), 0.0F);
}

TEST(SeriesTask, EveryRowOfTheTestPartIsForecast) {
    const MadeSeries made(numbered(200, 1));
    const auto task = made.task(task_settings(NetworkKind::linear));
    EXPECT_EQ(task->count(data::Part::test), 40 - horizon + 1);
    EXPECT_EQ(task->count(data::Part::validation), 40 - horizon + 1);
}

TEST(SeriesTask, MetricsAreThoseOfAllWindowsAtOnce) {
    // More windows than are evaluated together.
    const MadeSeries made(torch::sin(torch::arange(9000).to(torch::kFloat64)).unsqueeze(1));
    auto task = made.task(task_settings(NetworkKind::linear));
    const torch::Tensor errors = errors_in_training(*task);
    const train::Metrics metrics = task->evaluate(data::Part::training);
    EXPECT_NEAR(metric_of(metrics, "mse"), errors.square().mean().item<double>(), 1e-5);
    EXPECT_NEAR(metric_of(metrics, "mae"), errors.abs().mean().item<double>(), 1e-5);
}

TEST(SeriesTask, AnEvaluationEndsAfterTheBatchAtWhichItIsStopped) {
    const MadeSeries made(numbered(4220, 2));
    const auto task = made.task(task_settings(NetworkKind::linear));
    testing::expect_evaluation_stops_after_its_batch(*task);
}

TEST(SeriesTask, ForecastsAreStandardizedAndCanBeInTheUnitsOfTheVariables) {
    const MadeSeries made(torch::full({200, 2}, 3.0));
    auto task = made.task(task_settings(NetworkKind::linear));
    const torch::NoGradGuard no_grad;
    const torch::Tensor forecast = task->predict(data::Part::test, 0, 5);
    ASSERT_EQ(forecast.sizes(), (std::vector<std::int64_t>{5, horizon, 2}));
    EXPECT_TRUE(forecast.allclose(torch::full({5, horizon, 2}, 3.0)));
    const torch::Tensor in_units = task->in_own_units(forecast);
    EXPECT_TRUE(in_units.allclose(torch::full({5, horizon, 2}, 16.0, torch::kFloat64)));
}

TEST(SeriesTask, UnitsKeepWhatIsSmallBesideTheMean) {
    const MadeSeries made(torch::full({200, 1}, 3.0), 1e9);
    auto task = made.task(task_settings(NetworkKind::linear));
    const torch::NoGradGuard no_grad;
    const torch::Tensor forecast = task->in_own_units(task->predict(data::Part::test, 0, 1));
    EXPECT_NEAR(forecast[0][0][0].item<double>(), 1e9 + 6.0, 1e-4);
}

/// A series whose odd rows are missing, and its known array.
struct MadeGaps : MadeSeries {
    MadeGaps(const torch::Tensor& values, const torch::Tensor& known) : MadeSeries(values) {
        const train::Shape shape{values.size(0), values.size(1)};
        auto both = *train::SharedArrays::reserve(
            {{"values", train::ElementType::f32, shape}, {"known", train::ElementType::u8, shape}});
        std::ranges::copy(arrays->elements<float>("values"),
                          both.elements<float>("values").begin());
        const torch::Tensor bytes = known.to(torch::kUInt8).contiguous();
        std::copy_n(bytes.data_ptr<std::uint8_t>(), bytes.numel(),
                    both.elements<std::uint8_t>("known").begin());
        arrays = std::move(both);
    }
};

torch::Tensor even_rows(std::int64_t rows, std::int64_t variables) {
    return (torch::arange(rows).remainder(2) == 0).unsqueeze(1).expand({rows, variables});
}

torch::Tensor forecast_of(Task& task, const Batch& batch) {
    return dynamic_cast<SeriesNetwork&>(task.network()).forward(batch[0]);
}

/// Loss and gradients of a batch.
std::vector<torch::Tensor> loss_and_gradients(Task& task) {
    const std::vector<std::int64_t> examples{0, 7, 50};
    torch::Tensor loss = task.loss(task.batch(examples, 0));
    loss.backward();
    std::vector<torch::Tensor> found{loss.detach()};
    for (const torch::Tensor& parameter : task.network().parameters()) {
        found.push_back(parameter.grad().clone());
    }
    return found;
}

TEST(SeriesTask, TheLossIsTheMeanOverKnownTargets) {
    const MadeGaps made(waves(200), even_rows(200, 2));
    for (const Loss loss : {Loss::mse, Loss::mae, Loss::huber}) {
        Settings settings = task_settings(NetworkKind::linear);
        settings.loss = loss;
        const auto task = made.task(settings);
        const std::vector<std::int64_t> examples{0, 7, 50};
        const Batch batch = task->batch(examples, 0);
        const torch::NoGradGuard no_grad;
        const torch::Tensor known = batch[1].isnan().logical_not();
        EXPECT_EQ(known.sum().item<std::int64_t>(), known.numel() / 2);
        const torch::Tensor errors = (forecast_of(*task, batch) - batch[1]).masked_select(known);
        const torch::Tensor expected = loss == Loss::mse ? errors.square().mean()
                                       : loss == Loss::mae
                                           ? errors.abs().mean()
                                           : torch::huber_loss(errors, torch::zeros_like(errors));
        EXPECT_NEAR(task->loss(batch).item<double>(), expected.item<double>(), 1e-6);
    }
}

TEST(SeriesTask, ValuesThatAreMissingDoNotTrain) {
    const torch::Tensor known = even_rows(200, 2);
    // The made-up values of the first example's future differ.
    const torch::Tensor values = waves(200);
    torch::Tensor others = values.clone();
    others.slice(0, look_back, look_back + horizon)
        .masked_fill_(even_rows(horizon, 2).logical_not(), 1000.0);
    const std::vector<std::int64_t> first{0};
    std::vector<torch::Tensor> gradients;
    for (const torch::Tensor& series : {values, others}) {
        const MadeGaps made(series, known);
        const auto task = made.task(task_settings(NetworkKind::linear));
        task->loss(task->batch(first, 0)).backward();
        gradients.push_back(task->network().parameters()[0].grad().clone());
    }
    EXPECT_TRUE(gradients[0].isfinite().all().item<bool>());
    EXPECT_GT(gradients[0].abs().max().item<double>(), 0.0);
    EXPECT_TRUE(gradients[0].equal(gradients[1]));
}

TEST(SeriesTask, ABatchWithoutAKnownTargetHasNoLoss) {
    const MadeGaps made(waves(200), torch::zeros({200, 2}));
    const auto task = made.task(task_settings(NetworkKind::linear));
    for (const torch::Tensor& found : loss_and_gradients(*task)) {
        EXPECT_EQ(found.abs().max().item<double>(), 0.0);
    }
}

TEST(SeriesTask, MetricsCountKnownTargetsOnly) {
    const MadeGaps made(torch::sin(torch::arange(9000).to(torch::kFloat64)).unsqueeze(1),
                        even_rows(9000, 1));
    auto task = made.task(task_settings(NetworkKind::linear));
    const torch::Tensor all = errors_in_training(*task);
    const torch::Tensor errors = all.masked_select(all.isnan().logical_not());
    const train::Metrics metrics = task->evaluate(data::Part::training);
    EXPECT_NEAR(metric_of(metrics, "mse"), errors.square().mean().item<double>(), 1e-5);
    EXPECT_NEAR(metric_of(metrics, "mae"), errors.abs().mean().item<double>(), 1e-5);
}

TEST(SeriesTask, AProgramsLossSeesNoErrorWhereAValueIsMissing) {
    const MadeGaps made(waves(200), even_rows(200, 2));
    train::Recipe recipe;
    recipe.task = task_settings(NetworkKind::linear);
    torch::Tensor errors;
    const auto task = make_task(
        recipe, {made.schema, made.parts, *made.arrays}, torch::kCPU,
        {.network = {}, .loss = [&](const torch::Tensor& outputs, const torch::Tensor& targets) {
             errors = (outputs - targets).detach();
             return (outputs - targets).square().mean();
         }});
    ASSERT_TRUE(task) << task.error().message;
    const std::vector<std::int64_t> first{0};
    (void)(*task)->loss((*task)->batch(first, 0));
    EXPECT_EQ(errors.slice(2, 1, horizon, 2).abs().max().item<double>(), 0.0);
    EXPECT_NE(errors.slice(2, 0, horizon, 2).abs().max().item<double>(), 0.0);
}

/// Noise, of which every second value is missing.
std::string noise_with_gaps(int rows) {
    const torch::Tensor noise = torch::randn({rows}, at::detail::createCPUGenerator(1));
    std::string text = "n,v\n";
    for (int row = 0; row < rows; ++row) {
        text += std::to_string(row) + "," +
                (row % 2 == 0 ? std::to_string(noise[row].item<float>()) : "") + "\n";
    }
    return text;
}

TEST(SeriesTask, NoiseWithGapsCannotBeForecast) {
    const testing::TemporaryFolder folder;
    Settings settings = task_settings(NetworkKind::linear);
    settings.path = folder.write("noise.csv", noise_with_gaps(2000)).string();
    settings.look_back = 8;
    settings.horizon = 1;
    train::Recipe recipe;
    recipe.task = settings;
    const auto data = train::prepare(recipe, std::nullopt);
    ASSERT_TRUE(data) << data.error().message;
    auto task = *make_task(recipe, {data->schema, data->parts, data->arrays}, torch::kCPU);
    train_briefly(*task, 300);
    EXPECT_GT(metric_of(evaluated(*task, data::Part::test), "mse"),
              0.95 * metric_of(data->baselines.back().metrics, "mse"));
}

TEST(SeriesTask, EveryKindLearnsAWaveBetterThanItsLastPeriodAndItsLastValue) {
    const torch::Tensor noise = torch::rand({400, 2}, at::detail::createCPUGenerator(1)) - 0.5;
    const MadeSeries made(waves(400) + 0.3 * noise);
    for (const NetworkKind kind : kinds_of_tasks) {
        auto task = made.task(task_settings(kind));
        train_briefly(*task, 300);
        const auto values = made.arrays->elements<float>("values");
        const auto baselines = train::series::baselines_of(
            {.values = values,
             .variables = 2,
             .first_rows = train::series::windows_of(made.parts.test, look_back, horizon),
             .look_back = look_back,
             .horizon = horizon},
            16);
        for (const train::Baseline& baseline : baselines) {
            EXPECT_LT(metric_of(evaluated(*task, data::Part::test), "mse"),
                      metric_of(baseline.metrics, "mse"))
                << baseline.name << ", kind " << static_cast<int>(kind);
        }
    }
}

TEST(SeriesTask, IndividualMatricesLearnDifferentVariables) {
    const MadeSeries made(waves(400));
    Settings settings = task_settings(NetworkKind::linear);
    settings.individual = true;
    auto task = made.task(settings);
    train_briefly(*task, 300);
    EXPECT_LT(metric_of(evaluated(*task, data::Part::test), "mse"), 0.01);
}

TEST(SeriesTask, RefusesArraysThatDoNotFit) {
    const MadeSeries made(numbered(200, 2));
    const auto error_of = [&](const json::object& schema, data::Parts parts, Settings settings) {
        train::Recipe recipe;
        recipe.task = settings;
        const auto task = make_task(recipe, {schema, parts, *made.arrays}, torch::kCPU);
        return !task && task.error().code == ErrorCode::bad_data;
    };
    const Settings settings = task_settings(NetworkKind::linear);
    data::Parts long_parts = made.parts;
    long_parts.test.last = 201;
    EXPECT_TRUE(error_of(made.schema, long_parts, settings));
    EXPECT_TRUE(error_of(MadeSeries(numbered(200, 3)).schema, made.parts, settings));
    Settings long_settings = settings;
    long_settings.look_back = 200;
    EXPECT_TRUE(error_of(made.schema, made.parts, long_settings));
    EXPECT_FALSE(error_of(made.schema, made.parts, settings));
}

}  // namespace
}  // namespace trilby::backends
