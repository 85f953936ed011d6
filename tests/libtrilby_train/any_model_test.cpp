// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <random>

#include "libtrilby_train/job_of_test.hpp"

namespace trilby {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

/// The exported perceptron takes 8 numbers and has 3 classes.
class AnyModelTest : public testing::JobTest {
  protected:
    Dataset rows() const {
        std::mt19937 random(1);
        std::normal_distribution<double> number;
        std::string text = "a,b,c,d,e,f,g,h,kind\n";
        for (int row = 0; row < 300; ++row) {
            double sum = 0.0;
            for (int column = 0; column < 8; ++column) {
                const double value = number(random);
                sum += value;
                text += fmt::format("{:.4f},", value);
            }
            text += sum < -1.5 ? "low\n" : sum < 1.5 ? "middle\n" : "high\n";
        }
        return Dataset(folder_.write("rows.csv", text), {.target = "kind"});
    }
    static std::filesystem::path model(const std::string& name) {
        return std::filesystem::path(TRILBY_TEST_MODELS) / name;
    }
};

std::string error_of(const std::filesystem::path& file) {
    try {
        static_cast<void>(AnyModel::from_pt2(file));
    } catch (const Exception& exception) {
        return exception.what();
    }
    return "no error";
}

TEST_F(AnyModelTest, ParametersHaveTheNamesOfPython) {
    const auto net = AnyModel::from_pt2(model("mlp.pt2"));
    std::vector<std::string> names;
    for (const auto& parameter : net->named_parameters()) {
        names.push_back(parameter.key());
    }
    EXPECT_EQ(names.size(), 6U);
    EXPECT_THAT(names, Contains("net.0.weight"));
    EXPECT_EQ(net->forward(torch::zeros({2, 8})).sizes(), (std::vector<std::int64_t>{2, 3}));
}

TEST_F(AnyModelTest, IsTrainedAndWrittenForPython) {
    const auto job = job_into("run");
    const Dataset data = rows();
    const auto net = AnyModel::from_pt2(model("mlp.pt2"));
    const auto before = job->evaluate(net, data);
    const RunResult result = job->fit(net, data, {.settings = {{"training.epochs", 8}}});
    EXPECT_LT(result.test.at("loss"), before.at("loss"));
    net->save_pt2(folder_ / "trained.pt2");
    const auto again = AnyModel::from_pt2(folder_ / "trained.pt2");
    EXPECT_TRUE(torch::equal(job->predict(again, data), job->predict(net, data)));
}

TEST_F(AnyModelTest, EvaluationChangesNothing) {
    const auto net = AnyModel::from_pt2(model("cnn.pt2"));
    const auto mean = net->named_buffers()["blocks.0.bn1.running_mean"].clone();
    net->eval();
    static_cast<void>(net->forward(torch::ones({4, 1, 16, 16})));
    EXPECT_TRUE(torch::equal(net->named_buffers()["blocks.0.bn1.running_mean"], mean));
    net->train();
    static_cast<void>(net->forward(torch::ones({4, 1, 16, 16})));
    EXPECT_FALSE(torch::equal(net->named_buffers()["blocks.0.bn1.running_mean"], mean));
}

TEST_F(AnyModelTest, OtherFilesAreRefused) {
    EXPECT_THAT(error_of(folder_ / "none.pt2"), HasSubstr("none.pt2"));
    EXPECT_THAT(error_of(model("mlp.safetensors")), HasSubstr("mlp.safetensors"));
}

}  // namespace
}  // namespace trilby
