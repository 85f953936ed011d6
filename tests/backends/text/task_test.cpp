// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/task.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <string>

#include "support/stopped_evaluation.hpp"
#include "support/temporary_folder.hpp"
#include "train/text/data.hpp"

namespace trilby::backends {
namespace {

using data::Part;
using torch::Tensor;

class TextTaskTest : public ::testing::Test {
  protected:
    explicit TextTaskTest(train::text::TokenChoice tokens = train::text::TokenChoice::characters) {
        settings_.tokens = tokens;
        settings_.validation = 0.1;
        settings_.test = 0.05;
        settings_.context = 8;
        settings_.layers = 1;
        settings_.heads = 1;
        settings_.width = 32;
        recipe_.name = "made";
        read_digits(30);
    }
    /// Prepares a text that repeats the digits, which are tokens of their own value.
    void read_digits(int repetitions) {
        std::string text;
        for (int i = 0; i < repetitions; ++i) {
            text += "0123456789";
        }
        settings_.path = folder_.write("t.txt", text).string();
        recipe_.task = settings_;
        data_.emplace(prepare(settings_, recipe_, std::nullopt).value());
    }
    [[nodiscard]] Result<std::unique_ptr<Task>> made(const OwnParts& own = {}) const {
        return make_task(
            settings_, recipe_,
            TaskData{.schema = data_->schema, .parts = data_->parts, .arrays = data_->arrays},
            torch::kCPU, own);
    }

    trilby::testing::TemporaryFolder folder_;
    train::text::Settings settings_;
    train::Recipe recipe_;
    std::optional<train::PreparedData> data_;
};

std::vector<std::int64_t> all_examples(const Task& task) {
    std::vector<std::int64_t> examples(static_cast<std::size_t>(task.count(Part::training)));
    std::iota(examples.begin(), examples.end(), std::int64_t{0});
    return examples;
}

TEST_F(TextTaskTest, ANetworkOfAFixedContextIsEvaluatedOnTheRestToo) {
    torch::nn::Embedding scores(10, 10);
    const Network any{scores.ptr(), [&](const Batch& x) { return scores->forward(x[0]); }};
    Network fixed = any;
    fixed.has_fixed_context = true;
    fixed.forward = [&](const Batch& x) {
        EXPECT_EQ(x[0].size(1), 8);
        return scores->forward(x[0]);
    };
    const auto evaluated = [&](const Network& network) {
        return made({.network = network}).value()->evaluate(Part::validation).at("loss").content;
    };
    EXPECT_NEAR(evaluated(fixed).value(), evaluated(any).value(), 1e-6);
}

TEST_F(TextTaskTest, CountsWindowsOfEachPart) {
    const auto task = made().value();
    EXPECT_EQ(task->count(Part::training), 31);  // 255 tokens
    EXPECT_EQ(task->count(Part::validation), 3);
    EXPECT_EQ(task->count(Part::test), 1);
    EXPECT_EQ(task->units_per_example(), 8);
}

TEST_F(TextTaskTest, TargetsAreTheNextTokens) {
    const auto task = made().value();
    const Batch batch = task->batch(all_examples(*task), 1);
    EXPECT_EQ(batch[0].sizes(), (std::vector<std::int64_t>{31, 8}));
    EXPECT_TRUE(torch::equal((batch[0] + 1) % 10, batch[1]));
}

TEST_F(TextTaskTest, EachExampleStartsInItsOwnPieceOfTheText) {
    const auto task = made().value();
    const Batch batch = task->batch(std::vector<std::int64_t>{2, 2, 2, 2, 2, 2, 2, 2}, 3);
    // Tokens 16 to 23, of which the text has the digits 6 to 9 and 0 to 3.
    for (std::int64_t i = 0; i < 8; ++i) {
        const auto digit = batch[0][i][0].item<std::int64_t>();
        EXPECT_TRUE(digit >= 6 || digit <= 3) << digit;
    }
}

TEST_F(TextTaskTest, TheLastExampleEndsWithItsPart) {
    const auto task = made().value();
    const std::vector<std::int64_t> last{30};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Batch batch = task->batch(last, seed);
        EXPECT_LE(batch[1][0][7].item<std::int64_t>(), 9);
    }
}

TEST_F(TextTaskTest, ABatchFollowsFromItsSeed) {
    const auto task = made().value();
    const auto inputs = [&](std::uint64_t seed) {
        return task->batch(all_examples(*task), seed)[0];
    };
    EXPECT_TRUE(torch::equal(inputs(5), inputs(5)));
    EXPECT_FALSE(torch::equal(inputs(5), inputs(6)));
}

TEST_F(TextTaskTest, LearnsATextByHeart) {
    const auto task = made().value();
    torch::optim::AdamW optimizer(task->network().parameters(), torch::optim::AdamWOptions(0.01));
    for (std::uint64_t step = 0; step < 60; ++step) {
        optimizer.zero_grad();
        task->loss(task->batch(all_examples(*task), step)).backward();
        optimizer.step();
    }
    const torch::NoGradGuard no_grad;
    task->network().eval();
    for (const Part part : {Part::training, Part::validation, Part::test}) {
        EXPECT_LT(*task->evaluate(part).at("nats_per_character").content, 0.05);
    }
}

TEST_F(TextTaskTest, AnEvaluationEndsAfterTheBatchAtWhichItIsStopped) {
    read_digits(1200);
    const auto task = made().value();
    testing::expect_evaluation_stops_after_its_batch(*task);
}

TEST_F(TextTaskTest, EvaluatesEachTokenOnceWhateverTheContext) {
    const auto task = made().value();
    const torch::NoGradGuard no_grad;
    // Uniform scores, so that each token costs the same.
    for (Tensor& parameter : task->network().parameters()) {
        parameter.zero_();
    }
    for (const Part part : {Part::training, Part::validation, Part::test}) {
        const train::Metrics metrics = task->evaluate(part);
        EXPECT_NEAR(*metrics.at("loss").content, std::log(10.0), 1e-5);
        EXPECT_NEAR(*metrics.at("bits_per_character").content, std::log2(10.0), 1e-5);
    }
}

TEST_F(TextTaskTest, PredictsTheNatsOfEachWindow) {
    const auto task = made().value();
    const torch::NoGradGuard no_grad;
    const Tensor predicted = task->predict(Part::validation, 0, 3);
    EXPECT_EQ(predicted.sizes(), (std::vector<std::int64_t>{3, 1}));
    EXPECT_TRUE(torch::allclose(predicted[1], task->predict(Part::validation, 1, 2)[0]));
}

TEST_F(TextTaskTest, RefusesPartsThatDoNotFitTheContext) {
    settings_.context = 15;
    EXPECT_FALSE(made());
    settings_.context = 14;
    EXPECT_TRUE(made());
}

class ByteTaskTest : public TextTaskTest {
  protected:
    ByteTaskTest() : TextTaskTest(train::text::TokenChoice::bytes) {}
};

TEST_F(ByteTaskTest, HasAnEmbeddingForEachByte) {
    EXPECT_EQ(made().value()->network().named_parameters()["embedding.weight"].size(0), 256);
}

}  // namespace
}  // namespace trilby::backends
