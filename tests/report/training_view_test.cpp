// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/training_view.hpp"

#include <array>
#include <cstdio>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What is printed at the end of a run.
std::string shown(const train::TrainingResult& result) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
    TrainingView(file.get()).show_result(result, {});
    std::rewind(file.get());
    std::array<char, 4096> text{};
    return {text.data(), std::fread(text.data(), 1, text.size(), file.get())};
}

TEST(TrainingView, SaysAfterWhichEpochNoneWasBetter) {
    const std::string text =
        shown({.epochs = 19, .metric = "accuracy", .best_epoch = 17, .stopped_after = 19});
    EXPECT_THAT(text, HasSubstr("stopped before epoch 20, since no epoch after 17 was better"));
    EXPECT_THAT(text, HasSubstr("the weights are those of epoch 17, the best one"));
}

TEST(TrainingView, ClaimsNoBestEpochIfTheBestWeightsAreNotKept) {
    const std::string text = shown({.epochs = 19, .metric = "accuracy", .stopped_after = 19});
    EXPECT_THAT(text, HasSubstr("stopped before epoch 20, since the last epochs were not better"));
    EXPECT_THAT(text, Not(HasSubstr("no epoch after")));
    EXPECT_THAT(text, Not(HasSubstr("the best one")));
}

}  // namespace
}  // namespace trilby::report
