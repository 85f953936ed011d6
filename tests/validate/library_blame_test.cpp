// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/library_blame.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::validate {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::array made_defects{LibraryDefect{.library = "MadeLib",
                                                .first_version = "1.2",
                                                .end_version = "1.4",
                                                .cpu_feature = "tiles",
                                                .element_type = "bfloat16",
                                                .symptom = "some products crash",
                                                .page = "https://example.org/1",
                                                .variable = "MADE_LIMIT",
                                                .value = "NO_TILES"}};

Machine with_features(std::vector<std::string> features) {
    Machine machine;
    machine.cpu.features =
        Observed<std::vector<std::string>>::present(std::move(features), "/proc/cpuinfo");
    return machine;
}

TEST(LibraryBlame, FindsADefectByVersionAndCpu) {
    const auto present = present_defects(with_features({"avx2", "tiles"}),
                                         {{"madelib_version", "1.3.9"}}, made_defects);
    ASSERT_THAT(present, SizeIs(1));
    EXPECT_EQ(present[0].version, "1.3.9");
    const LibraryBlame blamed = blame(present[0], "it crashed");
    EXPECT_EQ(blamed.library, "MadeLib");
    EXPECT_EQ(blamed.variable, "MADE_LIMIT");
    EXPECT_EQ(blamed.failure, "it crashed");
}

TEST(LibraryBlame, NeedsTheCpuAndAnAffectedVersion) {
    const Machine affected = with_features({"tiles"});
    EXPECT_THAT(
        present_defects(with_features({"avx2"}), {{"madelib_version", "1.3"}}, made_defects),
        IsEmpty());
    EXPECT_THAT(present_defects(Machine(), {{"madelib_version", "1.3"}}, made_defects), IsEmpty());
    EXPECT_THAT(present_defects(affected, {{"madelib_version", "1.4"}}, made_defects), IsEmpty());
    EXPECT_THAT(present_defects(affected, {{"madelib_version", "1.1.9"}}, made_defects), IsEmpty());
}

TEST(LibraryBlame, ExpectsNothingOfWhatTheWorkerSays) {
    const Machine affected = with_features({"tiles"});
    EXPECT_THAT(present_defects(affected, {}, made_defects), IsEmpty());
    EXPECT_THAT(present_defects(affected, {{"madelib_version", 1.3}}, made_defects), IsEmpty());
    EXPECT_THAT(present_defects(affected, {{"madelib_version", "new"}}, made_defects), IsEmpty());
}

TEST(LibraryBlame, ExplainsOnlyOperationsOfItsElementType) {
    EXPECT_TRUE(explains(made_defects[0], "matmul bfloat16, NN 1x2x3"));
    EXPECT_FALSE(explains(made_defects[0], "matmul float32, NN 1x2x3"));
}

TEST(LibraryBlame, KnowsTheInvalidAmxCodeOfOneDnn) {
    const Machine amx = with_features({"amx_bf16"});
    EXPECT_THAT(present_defects(amx, {{"onednn_version", "2.6.3"}}), SizeIs(1));
    EXPECT_THAT(present_defects(amx, {{"onednn_version", "2.8.0"}}), IsEmpty());
}

}  // namespace
}  // namespace trilby::validate
