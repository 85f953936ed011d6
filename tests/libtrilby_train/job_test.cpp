// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <csignal>
#include <gmock/gmock.h>
#include <limits>

#include "libtrilby_train/job_of_test.hpp"

namespace trilby {
namespace {

using ::testing::HasSubstr;
using testing::JobTest;
using testing::Line;
using testing::read_file;
using testing::three_epochs;

namespace nn = torch::nn;

/// Takes the two tensors of a table.
struct Pair : nn::Module {
    Pair(std::int64_t numbers, std::int64_t codes)
        : nn::Module("Pair"),
          line(register_module("line", nn::Linear(numbers, 1))),
          words(register_module("words", nn::Embedding(codes, 1))) {}
    torch::Tensor forward(const torch::Tensor& numbers, const torch::Tensor& codes) {
        return line->forward(numbers) + words->forward(codes.select(1, 0));
    }
    nn::Linear line;
    nn::Embedding words;
};

/// Three of them, which learn apart from each other.
struct Ensemble : nn::Module {
    explicit Ensemble(std::int64_t numbers)
        : nn::Module("Ensemble"),
          weight(register_parameter("weight", torch::randn({3, numbers, 1}))) {}
    torch::Tensor forward(const torch::Tensor& numbers, const torch::Tensor& /*codes*/) {
        return numbers.unsqueeze(0).matmul(weight);
    }
    torch::Tensor weight;
};

struct Thrower : Line {
    Thrower() : Line(1, 1) {}
    torch::Tensor forward(const torch::Tensor& /*x*/) { throw std::runtime_error("not today"); }
};

std::shared_ptr<Line> line_for(const Dataset& data) {
    return std::make_shared<Line>(data);
}

TEST_F(JobTest, TrainsAModuleAndGivesItTheWeightsThatWereTested) {
    const auto job = job_into("run");
    const Dataset data = houses();
    const auto line = line_for(data);
    const torch::Tensor before = line->line->weight.clone();
    const RunResult result = job->fit(line, data, three_epochs);
    EXPECT_EQ(result.epochs, 3);
    EXPECT_EQ(result.metric, "rmse");
    EXPECT_TRUE(result.test.contains("rmse"));
    EXPECT_FALSE(line->is_training());
    EXPECT_FALSE(torch::equal(before, line->line->weight));
    EXPECT_THAT(read_file(result.folder / "recipe.toml"), HasSubstr("module = \"Line\""));
    EXPECT_FALSE(read_file(result.folder / "result.json").empty());
}

TEST_F(JobTest, WritesAnEventFileAndTheMachine) {
    const Dataset data = houses();
    const auto job = this->job({"--output", (folder_ / "run").string(), "--tensorboard"});
    const RunResult result = job->fit(line_for(data), data, three_epochs);
    EXPECT_THAT(read_file(result.folder / "events.out.tfevents.trilby"), HasSubstr("rmse/test"));
    EXPECT_THAT(read_file(result.folder / "result.json"), HasSubstr("\"backend\": \"cpu\""));
}

TEST_F(JobTest, TellsTheProgramOfEachEpoch) {
    const auto job = job_into("run");
    const Dataset data = houses();
    std::vector<Epoch> epochs;
    FitOptions options = three_epochs;
    options.on_epoch = [&](const Epoch& epoch) { epochs.push_back(epoch); };
    job->fit(line_for(data), data, options);
    ASSERT_EQ(epochs.size(), 3U);
    EXPECT_EQ(epochs.back().number, 3);
    EXPECT_TRUE(epochs.back().validation.contains("loss"));
}

TEST_F(JobTest, TakesAnEnsembleForATable) {
    const Dataset data = houses();
    const RunResult result =
        job_into("run")->fit(std::make_shared<Ensemble>(data.numbers()), data, three_epochs);
    EXPECT_TRUE(result.test.contains("rmse"));
}

TEST_F(JobTest, TakesAModuleOfTwoTensorsAndOneThatLibTorchHas) {
    const Dataset data = houses();
    job_into("pair")->fit(std::make_shared<Pair>(data.numbers(), data.categories()[0]), data,
                          three_epochs);
    const auto holder_job = job_into("holder");
    const RunResult result = holder_job->fit(
        nn::Sequential(nn::Linear(data.input_shape()[0], 8), nn::ReLU(), nn::Linear(8, 1)), data,
        three_epochs);
    EXPECT_EQ(result.epochs, 3);
}

TEST_F(JobTest, LearnsWithTheLossOfTheProgram) {
    const auto job = job_into("run");
    const Dataset data = houses();
    FitOptions options = three_epochs;
    options.loss = [](const torch::Tensor& outputs, const torch::Tensor& targets) {
        EXPECT_EQ(outputs.sizes(), targets.sizes());
        torch::Tensor mine = targets;
        return (outputs - mine.div_(2)).abs().mean() + 100;  // targets are the program's to change
    };
    const RunResult result = job->fit(line_for(data), data, options);
    EXPECT_GT(result.validation.at("loss"), 100);
}

TEST_F(JobTest, RefusesALossThatIsNotAScalarOfTheOutputsAndKeepsNoFolder) {
    const Dataset data = houses();
    const std::vector<LossFunction> losses{
        [](const auto& outputs, const auto& targets) { return outputs - targets; },
        [](const auto& outputs, const auto& targets) {
            return (outputs - targets).mean().reshape({1});
        },
        [](const auto&, const auto& targets) { return targets.mean(); },
        [](const auto&, const auto&) { return torch::Tensor(); }};
    for (const LossFunction& loss : losses) {
        FitOptions options = three_epochs;
        options.loss = loss;
        try {
            job_into("run")->fit(line_for(data), data, options);
            ADD_FAILURE() << "the loss was taken";
        } catch (const Exception& exception) {
            EXPECT_THAT(exception.what(), HasSubstr("the loss function gives"));
        }
    }
    EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(JobTest, TrainsOnASeriesAndOnAText) {
    const Dataset waves(folder_.write("waves.csv", testing::series_of_waves()),
                        {.settings = {{"data.look_back", 24}, {"data.horizon", 6}}});
    const RunResult forecast =
        job_into("waves")->fit(std::make_shared<Line>(24, 6), waves, three_epochs);
    EXPECT_EQ(forecast.metric, "mse");
    const Dataset words(folder_.write("words.txt", testing::text_of_words()),
                        {.settings = {{"network.context", 16}}});
    const nn::Sequential scores(nn::Embedding(words.tokens(), 8), nn::Linear(8, words.tokens()));
    const RunResult guess = job_into("words")->fit(scores, words, three_epochs);
    EXPECT_EQ(guess.metric, "nats_per_character");
}

TEST_F(JobTest, AnInterruptedRunResumesToTheSameBits) {
    const Dataset data = houses();
    const auto whole = job_into("whole");
    whole->fit(line_for(data), data, three_epochs);
    const auto stopped = job({"--output", (folder_ / "parts").string(), "--backend", "cpu"});
    FitOptions interrupted = three_epochs;
    interrupted.on_epoch = [](const Epoch& epoch) {
        if (epoch.number == 1) {
            std::raise(SIGTERM);
        }
    };
    try {
        stopped->fit(line_for(data), data, interrupted);
        FAIL() << "it was not interrupted";
    } catch (const Exception& exception) {
        EXPECT_EQ(exception.error().code, ErrorCode::interrupted);
        EXPECT_THAT(exception.error().hint, HasSubstr("program --resume"));
        EXPECT_THAT(exception.error().hint, HasSubstr("parts --backend cpu"));
    }
    const auto resumed = job({"--resume", (folder_ / "parts").string()});
    const RunResult result = resumed->fit(line_for(data), data, three_epochs);
    EXPECT_EQ(result.epochs, 3);
    EXPECT_EQ(read_file(folder_ / "parts/checkpoint.safetensors"),
              read_file(folder_ / "whole/checkpoint.safetensors"));
}

TEST_F(JobTest, ResumingARunThatHasEndedGivesItsWeightsAndResult) {
    const Dataset data = houses();
    const auto trained = line_for(data);
    const RunResult first = job_into("run")->fit(trained, data, three_epochs);
    const auto again = line_for(data);
    const RunResult second =
        job({"--resume", (folder_ / "run").string()})->fit(again, data, three_epochs);
    EXPECT_DOUBLE_EQ(first.test.at("rmse"), second.test.at("rmse"));
    EXPECT_TRUE(torch::equal(trained->line->weight, again->line->weight));
}

TEST_F(JobTest, RefusesToResumeTheRunOfAnotherModule) {
    const Dataset data = houses();
    job_into("run")->fit(line_for(data), data, three_epochs);
    const auto other = job({"--resume", (folder_ / "run").string()});
    try {
        other->fit(std::make_shared<Pair>(data.numbers(), data.categories()[0]), data);
        FAIL() << "the run is that of another module";
    } catch (const Exception& exception) {
        EXPECT_THAT(exception.what(), HasSubstr("a network 'Line' for table; this is 'Pair'"));
    }
}

TEST_F(JobTest, RefusesAModuleThatDoesNotFitTheDataAndKeepsNoFolder) {
    const Dataset data = houses();
    const auto job = job_into("run");
    try {
        job->fit(std::make_shared<Line>(data.input_shape()[0], 7), data, three_epochs);
        FAIL() << "the data have one number";
    } catch (const Exception& exception) {
        EXPECT_THAT(exception.what(), HasSubstr("gives 2 x 7; expected 2 x 1: a number for each"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(JobTest, PassesOnWhatAModuleThrowsAndKeepsNoFolder) {
    const Dataset data = houses();
    const auto job = job_into("run");
    EXPECT_THROW(job->fit(std::make_shared<Thrower>(), data, three_epochs), std::runtime_error);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(JobTest, EndsARunWhoseLossIsNotANumber) {
    const Dataset data = houses();
    FitOptions options = three_epochs;
    options.loss = [](const torch::Tensor& outputs, const torch::Tensor& /*targets*/) {
        return outputs.sum() * std::numeric_limits<float>::quiet_NaN();
    };
    try {
        job_into("run")->fit(line_for(data), data, options);
        FAIL() << "the loss is not a number";
    } catch (const Exception& exception) {
        EXPECT_EQ(exception.error().code, ErrorCode::failed);
        EXPECT_THAT(exception.what(), HasSubstr("step 1"));
    }
}

TEST_F(JobTest, TheCommandLineChangesTheSettingsOfTheProgram) {
    const Dataset data = houses();
    const auto job = this->job({"--output", (folder_ / "run").string(), "--epochs", "2", "--set",
                                "optimizer.learning_rate=0.5"});
    const RunResult result = job->fit(line_for(data), data, three_epochs);
    EXPECT_EQ(result.epochs, 2);
    EXPECT_THAT(read_file(result.folder / "recipe.toml"), HasSubstr("learning_rate = 0.5"));
}

TEST_F(JobTest, RefusesASettingThatDoesNotExist) {
    const Dataset data = houses();
    const FitOptions options{.settings = {{"training.epoch", 3}}};
    EXPECT_THROW(job_into("run")->fit(line_for(data), data, options), Exception);
}

TEST_F(JobTest, RefusesSettingsWhereTheyWouldNotBeUsed) {
    const Dataset data = houses();
    const std::string file = (folder_ / "houses.csv").string();
    EXPECT_THROW(Dataset(file, {.target = "price", .settings = {{"training.epochs", 3}}}),
                 Exception);
    const FitOptions of_data{.settings = {{"data.test", 0.3}}};
    EXPECT_THROW(job_into("run")->fit(line_for(data), data, of_data), Exception);
    const auto with_set = job({"--set", "data.test=0.3", "--output", (folder_ / "run").string()});
    EXPECT_THROW(with_set->fit(line_for(data), data, three_epochs), Exception);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(JobTest, AResumedRunTakesNoOtherSettings) {
    for (const char* option : {"--epochs", "--batch-size", "--seed"}) {
        EXPECT_EXIT(job({"--resume", "run", option, "2"}), ::testing::ExitedWithCode(64),
                    "excludes");
    }
}

TEST_F(JobTest, ResumesOnlyOneRun) {
    const Dataset data = houses();
    job_into("run")->fit(line_for(data), data, three_epochs);
    const auto resuming = job({"--resume", (folder_ / "run").string()});
    resuming->fit(line_for(data), data, three_epochs);
    EXPECT_THROW(resuming->fit(line_for(data), data, three_epochs), Exception);
}

TEST(Run, ReportsAnExceptionOfAnyType) {
    const char* const words[] = {"program"};
    EXPECT_EQ(run(1, words, [](Job&) { throw 42; }), 1);
}

TEST(Run, ReportsWhatTheProgramThrowsAndReturnsTheExitCode) {
    const char* const words[] = {"program"};
    const auto code_of = [&](const std::function<void(Job&)>& body) {
        return trilby::run(1, words, body);
    };
    EXPECT_EQ(code_of([](Job&) {}), 0);
    EXPECT_EQ(code_of([](Job&) { throw Exception({ErrorCode::bad_data, "bad", "fix it"}); }), 65);
    EXPECT_EQ(code_of([](Job&) { throw std::runtime_error("no"); }), 1);
}

}  // namespace
}  // namespace trilby
