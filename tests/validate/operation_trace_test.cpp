// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/operation_trace.hpp"

#include <array>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

OperationTrace made_trace() {
    auto trace = OperationTrace::create();
    return std::move(trace).value();
}

TEST(OperationTrace, HasNothingBeforeTheFirstOperation) {
    EXPECT_EQ(made_trace().read(), std::nullopt);
}

TEST(OperationTrace, KeepsTheLastOperationAfterTheWriterIsGone) {
    const OperationTrace trace = made_trace();
    {
        OperationWriter writer = OperationWriter::open(trace.descriptor()).value();
        writer.begin({.text = "a long first operation", .round = 1, .draws = 2});
        writer.begin({.text = "matmul bfloat16", .round = 3, .draws = 4});
    }
    const auto last = trace.read();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->text, "matmul bfloat16");
    EXPECT_EQ(last->round, 3U);
    EXPECT_EQ(last->draws, 4U);
}

TEST(OperationTrace, CutsALongOperation) {
    const OperationTrace trace = made_trace();
    OperationWriter writer = OperationWriter::open(trace.descriptor()).value();
    writer.begin({.text = std::string(5000, 'x')});
    EXPECT_THAT(trace.read()->text, SizeIs(495));
}

TEST(OperationTrace, IsPrintableWhateverTheWorkerWrote) {
    const OperationTrace trace = made_trace();
    std::array<char, 512> garbage;
    garbage.fill('\x1b');
    ASSERT_EQ(::pwrite(trace.descriptor(), garbage.data(), garbage.size(), 0), 512);
    const auto last = trace.read();
    ASSERT_TRUE(last);
    EXPECT_THAT(last->text, HasSubstr("\\x1b"));
    EXPECT_THAT(last->text, Not(HasSubstr("\x1b")));
}

TEST(OperationTrace, SurvivesAWorkerThatCutsItsFile) {
    const OperationTrace trace = made_trace();
    ASSERT_EQ(::ftruncate(trace.descriptor(), 100), 0);
    EXPECT_EQ(trace.read(), std::nullopt);
}

TEST(OperationWriter, RefusesWhatIsNotMemory) {
    EXPECT_FALSE(OperationWriter::open(-1));
}

TEST(OperationWriter, WithoutATraceWritesNowhere) {
    OperationWriter writer;
    writer.begin({.text = "matmul"});
    EXPECT_FALSE(writer.is_open());
}

TEST(KindOf, LeavesOutSizes) {
    EXPECT_EQ(kind_of("matmul bfloat16, NN 1x2x3: aten::mm(bfloat16[1x2])"), "matmul bfloat16");
    EXPECT_EQ(kind_of("aten::mm(bfloat16[1x2])"), "aten::mm");
    EXPECT_EQ(kind_of("uniform numbers"), "uniform numbers");
}

}  // namespace
}  // namespace trilby::validate
