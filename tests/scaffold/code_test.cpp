// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/code.hpp"

#include <cstdlib>
#include <gmock/gmock.h>

#include "train/recipe.hpp"

namespace trilby::scaffold {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CodeOf, NumbersAreReadAsTheSameNumbers) {
    for (const double number : {0.0, 1.0, 0.1, 1e-12, 3e-4, 1e22, 0.30000000000000004, 1e6 / 3}) {
        const std::string code = code_of(number);
        EXPECT_EQ(std::strtod(code.c_str(), nullptr), number) << code;
        EXPECT_NE(code.find_first_of(".e"), code.npos) << code << " would be an integer";
    }
    EXPECT_EQ(code_of(std::int64_t{9'223'372'036'854'775'807}), "9223372036854775807");
}

TEST(CodeOf, TextsAreLiteralsWithoutHiddenCharacters) {
    EXPECT_EQ(code_of(std::string(R"(a"b\c)")), R"("a\"b\\c")");
    EXPECT_EQ(code_of(std::string("gr\u00f6\u00dfe.csv")), "\"gr\u00f6\u00dfe.csv\"");
    EXPECT_EQ(code_of(std::string("a\n\x1b[31m7")), R"("a\012\033[31m7")");
    EXPECT_EQ(code_of(std::string("\u202e1")), R"("\342\200\2561")");
    EXPECT_EQ(code_of(std::string("\xff")), R"("\377")");
    EXPECT_EQ(code_of(std::vector<std::string>{"a", "b"}), R"(std::vector<std::string>{"a", "b"})");
}

TEST(SettingLines, HasAllKeysButThoseWithoutAValue) {
    train::LoopSettings training{.epochs = 3, .batch_size = 16, .seed = 9};
    SettingLines lines("training", {"seed"});
    train::LoopSettings::visit_keys(training, lines);
    EXPECT_THAT(lines.text(), HasSubstr("    {\"training.epochs\", 3},\n"));
    EXPECT_THAT(lines.text(), HasSubstr("    {\"training.keep_best\", true},\n"));
    EXPECT_THAT(lines.text(), Not(HasSubstr("seed")));
    EXPECT_THAT(lines.text(), Not(HasSubstr("precision")));
    training.precision = train::Precision::bfloat16;
    SettingLines with_precision("training");
    train::LoopSettings::visit_keys(training, with_precision);
    EXPECT_THAT(with_precision.text(), HasSubstr("{\"training.precision\", \"bfloat16\"},\n"));
}

}  // namespace
}  // namespace trilby::scaffold
