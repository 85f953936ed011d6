// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/job_of_test.hpp"

namespace trilby {
namespace {

using ::testing::HasSubstr;
using testing::Line;
using testing::three_epochs;
using ::testing::UnorderedElementsAre;

namespace nn = torch::nn;

using UseTest = testing::JobTest;

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Exception& exception) {
        return exception.what();
    }
    return "no error";
}

TEST_F(UseTest, ATrainedModuleHasTheMetricsOfItsRun) {
    const auto job = job_into("run");
    const Dataset data = houses();
    const auto line = std::make_shared<Line>(data);
    const RunResult result = job->fit(line, data, three_epochs);
    EXPECT_EQ(job->evaluate(line, data), result.test);
}

TEST_F(UseTest, AModuleOfAnotherProgramGetsTheWeightsOfTheRunAndPredictsTheSame) {
    const auto job = job_into("run");
    const Dataset data = houses();
    const auto line = std::make_shared<Line>(data);
    job->fit(line, data, three_epochs);

    const Dataset later = Dataset::of_run(folder_ / "run");
    EXPECT_EQ(later.input_shape(), data.input_shape());
    const auto other = std::make_shared<Line>(later);
    load_weights(*other, folder_ / "run");
    EXPECT_TRUE(torch::equal(job->predict(other, later), job->predict(line, data)));
}

TEST_F(UseTest, PredictsRowsWithoutATargetInTheUnitOfTheTarget) {
    const auto job = job_into("run");
    const Dataset data = houses();
    const auto line = std::make_shared<Line>(data);
    job->fit(line, data, {.settings = {{"training.epochs", 60}, {"optimizer.learning_rate", 0.1}}});

    const auto rows = folder_.write("new.csv", "area,street\n60.5,loud\n120.5,loud\n");
    const Dataset questions = Dataset::of_run(folder_ / "run", {rows});
    const torch::Tensor prices = job->predict(line, questions);
    EXPECT_EQ(prices.sizes(), (std::vector<std::int64_t>{2, 1}));
    EXPECT_NEAR(prices[0].item<double>(), 60'000, 9'000);
    EXPECT_NEAR(prices[1].item<double>(), 120'000, 9'000);
    EXPECT_THAT(error_of([&] { (void)job->evaluate(line, questions); }),
                HasSubstr("new.csv' does not say what is true"));
}

TEST_F(UseTest, EvaluatesOtherDataByTheRun) {
    const auto job = job_into("run");
    const Dataset data = houses();
    const auto line = std::make_shared<Line>(data);
    job->fit(line, data, three_epochs);
    const auto rows = folder_.write("new.csv", "area,street,price\n60.5,loud,60000\n");
    EXPECT_GT(job->evaluate(line, Dataset::of_run(folder_ / "run", {rows})).at("rmse"), 0);
}

TEST_F(UseTest, TheDataOfARunMustBeAsTheyWere) {
    const auto job = job_into("run");
    const Dataset data = houses();
    job->fit(std::make_shared<Line>(data), data, three_epochs);
    folder_.write("houses.csv", testing::table_of_houses() + "900.5,wide,1\n");
    EXPECT_THAT(error_of([&] { (void)Dataset::of_run(folder_ / "run"); }),
                HasSubstr("houses.csv' was changed after the run was trained"));
}

TEST_F(UseTest, PredictsFromASeriesAndATextInTheShapesOfTheirDocumentation) {
    const Dataset waves(folder_.write("waves.csv", testing::series_of_waves()),
                        {.settings = {{"data.look_back", 24}, {"data.horizon", 6}}});
    const auto job = job_into("any");
    const torch::Tensor forecast = job->predict(std::make_shared<Line>(24, 6), waves);
    EXPECT_EQ(forecast.dim(), 3);
    EXPECT_EQ(forecast.size(1), 6);
    EXPECT_EQ(forecast.size(2), 2);
    const Dataset words(folder_.write("words.txt", testing::text_of_words()),
                        {.settings = {{"network.context", 16}}});
    const nn::Sequential scores(nn::Embedding(words.tokens(), 8), nn::Linear(8, words.tokens()));
    const torch::Tensor nats = job->predict(scores, words);
    EXPECT_EQ(nats.dim(), 2);
    EXPECT_EQ(nats.size(1), 1);
}

TEST_F(UseTest, PredictsTheValidationPartWhereThereIsNoTestPart) {
    const auto text = folder_.write("words.txt", testing::text_of_words());
    const auto predicted = [&](double validation, double test) {
        const Dataset words(text, {.settings = {{"network.context", 16},
                                                {"data.validation", validation},
                                                {"data.test", test}}});
        const nn::Sequential scores(nn::Embedding(words.tokens(), 8),
                                    nn::Linear(8, words.tokens()));
        return job_into("any")->predict(scores, words).size(0);
    };
    EXPECT_EQ(predicted(0.2, 0.0), predicted(0.1, 0.2));
    EXPECT_GT(predicted(0.2, 0.0), predicted(0.2, 0.1));
}

/// The forecast is 0, which is the mean of the training part.
struct Mean : nn::Module {
    Mean() : scale(register_parameter("scale", torch::zeros({1}))) {}
    torch::Tensor forward(const torch::Tensor& past) { return scale * past.narrow(2, 0, 6); }
    torch::Tensor scale;
};

TEST_F(UseTest, ForecastsOfASeriesKeepWhatIsSmallBesideTheMean) {
    std::string rows = "v\n";
    for (int row = 0; row < 100; ++row) {
        rows += std::to_string(1'000'000'001 + row % 5) + "\n";
    }
    const Dataset steps(
        folder_.write("steps.csv", rows),
        {.task = "series", .settings = {{"data.look_back", 10}, {"data.horizon", 6}}});
    const torch::Tensor forecast = job_into("any")->predict(std::make_shared<Mean>(), steps);
    EXPECT_EQ(forecast.scalar_type(), torch::kFloat64);
    EXPECT_EQ(forecast.max().item<double>(), 1'000'000'003.0);
    EXPECT_EQ(forecast.min().item<double>(), 1'000'000'003.0);
}

TEST_F(UseTest, SavesWeightsThatAnotherModuleLoads) {
    const Line first(3, 2);
    Line second(3, 2);
    save_weights(first, folder_ / "line.safetensors");
    load_weights(second, folder_ / "line.safetensors");
    EXPECT_TRUE(torch::equal(first.line->weight, second.line->weight));
    EXPECT_THAT(testing::read_file(folder_ / "line.safetensors"), HasSubstr("model.line.weight"));
}

TEST_F(UseTest, RefusesWeightsOfAnotherShapeAndFilesThatAreNone) {
    save_weights(Line(3, 2), folder_ / "line.safetensors");
    Line other(4, 2);
    EXPECT_THAT(error_of([&] { load_weights(other, folder_ / "line.safetensors"); }),
                HasSubstr("tensor 'model.line.weight' is F32 of 2 x 3, expected F32 of 2 x 4"));
    EXPECT_THAT(error_of([&] { load_weights(other, folder_ / "absent"); }),
                HasSubstr("absent' is not"));
    EXPECT_THAT(error_of([&] { save_weights(other, folder_ / "no/such/file"); }),
                HasSubstr("no/such"));
}

TEST_F(UseTest, WritesTheReportOfItsRun) {
    const Dataset data = houses();
    const std::string page = (folder_ / "run.html").string();
    const auto job = this->job({"--output", (folder_ / "run").string(), "--html", page});
    job->fit(std::make_shared<Line>(data), data, three_epochs);
    const std::string html = testing::read_file(page);
    EXPECT_THAT(html, HasSubstr("<!doctype html>"));
    EXPECT_THAT(html, HasSubstr("module = &quot;Line&quot;"));
    EXPECT_THAT(html, HasSubstr("</html>"));
}

/// One layer on the pixels.
struct Pixels : nn::Module {
    explicit Pixels(const Dataset& data)
        : nn::Module("Pixels"),
          line(register_module("line", nn::Linear(data.input_shape()[1] * data.input_shape()[2],
                                                  data.output_shape()[0]))) {}
    torch::Tensor forward(const torch::Tensor& x) { return line->forward(x.flatten(1)); }
    nn::Linear line;
};

TEST_F(UseTest, ReportsAndReadsAgainARunOnImages) {
    for (const auto& [name, bytes] : testing::images_of_halves()) {
        (void)folder_.write("halves/" + name, bytes);
    }
    const Dataset data(folder_ / "halves", {.task = "images"});
    const std::string page = (folder_ / "run.html").string();
    const auto job = this->job({"--output", (folder_ / "run").string(), "--html", page});
    const auto net = std::make_shared<Pixels>(data);
    const RunResult result = job->fit(net, data, three_epochs);
    EXPECT_THAT(testing::read_file(page), HasSubstr("module = &quot;Pixels&quot;"));
    EXPECT_EQ(job->evaluate(net, Dataset::of_run(folder_ / "run")), result.test);
}

TEST_F(UseTest, AReportDoesNotOverwriteTheDataAndAFailedRunLeavesAnUnfinishedOne) {
    const Dataset data = houses();
    const std::string houses_file = (folder_ / "houses.csv").string();
    const auto careless = job({"--output", (folder_ / "run").string(), "--html", houses_file});
    EXPECT_THAT(error_of([&] { careless->fit(std::make_shared<Line>(data), data, three_epochs); }),
                HasSubstr("would overwrite the input"));
    EXPECT_EQ(testing::read_file(houses_file), testing::table_of_houses());

    const std::string page = (folder_ / "run.html").string();
    const auto job = this->job({"--output", (folder_ / "run").string(), "--html", page});
    const auto misfit = std::make_shared<Line>(data.input_shape()[0], 7);
    EXPECT_THAT(error_of([&] { job->fit(misfit, data, three_epochs); }), HasSubstr("gives 2 x 7"));
    EXPECT_THAT(testing::read_file(page), HasSubstr("did not finish"));
}

/// Registers nothing.
struct Empty : nn::Module {
    Empty() : nn::Module("Empty") {}
    torch::Tensor forward(const torch::Tensor& x) { return x.mean(1, /*keepdim=*/true); }
};

/// Has a layer that it does not use.
struct Spare : Line {
    explicit Spare(const Dataset& data)
        : Line(data), spare(register_module("spare", nn::Linear(2, 2))) {}
    nn::Linear spare;
};

/// Holds a type that checkpoints do not have.
struct Complex : Line {
    explicit Complex(const Dataset& data) : Line(data) {
        register_buffer("waves", torch::zeros({2}, torch::kComplexFloat));
    }
};

TEST_F(UseTest, RefusesModulesThatCannotBeTrainedAndKeepsNoFolder) {
    const auto job = job_into("run");
    const Dataset data = houses();
    EXPECT_THAT(error_of([&] { job->fit(std::make_shared<Empty>(), data, three_epochs); }),
                HasSubstr("the network 'Empty' has no parameter that can be trained"));
    EXPECT_THAT(error_of([&] { job->fit(std::make_shared<Complex>(data), data, three_epochs); }),
                HasSubstr("cannot hold the tensor 'waves'"));
    EXPECT_THAT(error_of([&] { job->fit(std::shared_ptr<Line>(), data, three_epochs); }),
                HasSubstr("there is no module"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(UseTest, TrainsAModuleWithALayerThatItDoesNotUseAndOneThatIsFrozen) {
    const Dataset data = houses();
    const auto spare = std::make_shared<Spare>(data);
    spare->spare->weight.requires_grad_(false);
    const torch::Tensor before = spare->spare->weight.clone();
    const RunResult result = job_into("run")->fit(spare, data, three_epochs);
    EXPECT_EQ(result.epochs, 3);
    EXPECT_TRUE(torch::equal(before, spare->spare->weight));
}

}  // namespace
}  // namespace trilby
