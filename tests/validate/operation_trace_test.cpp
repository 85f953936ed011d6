// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/operation_trace.hpp"

#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

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
        writer.begin_round(1);
        writer.begin_step("a long first operation");
        writer.begin_round(3);
        writer.count_draw();
        writer.count_draw();
        writer.begin_step("matmul bfloat16");
    }
    const auto last = trace.read();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->text, "matmul bfloat16");
    EXPECT_EQ(last->round, 3U);
    EXPECT_EQ(last->draws, 2U);
}

TEST(OperationTrace, HasTheTensorsOfTheLastOperation) {
    const OperationTrace trace = made_trace();
    OperationWriter writer = OperationWriter::open(trace.descriptor()).value();
    const std::array<std::int64_t, 3> sizes{4, 5, 6};
    const std::array<std::int64_t, 3> strides{1, 4, 20};
    writer.begin_step("sums");
    writer.begin_operation("aten::mm");
    writer.add_tensor({.type = "int8", .sizes = sizes});
    writer.begin_operation("aten::add");
    writer.add_tensor({.type = "float32", .sizes = sizes, .strides = strides});
    writer.add_tensor({.type = "int64", .sizes = {}});
    writer.add_tensor({});
    EXPECT_EQ(trace.read()->text,
              "sums: aten::add(float32[4x5x6] strides [1, 4, 20], int64[], none)");
}

TEST(OperationTrace, BetweenTwoStepsKeepsTheLastOperation) {
    const OperationTrace trace = made_trace();
    OperationWriter writer = OperationWriter::open(trace.descriptor()).value();
    writer.begin_step("sum");
    writer.begin_operation("aten::sum");
    writer.end_step();
    EXPECT_EQ(trace.read()->text, "sum: aten::sum()");
    writer.begin_round(1);
    EXPECT_EQ(trace.read()->text, "sum: aten::sum()");
    writer.begin_operation("aten::ones");
    EXPECT_EQ(trace.read()->text, "aten::ones()");
}

TEST(OperationTrace, CutsWhatIsTooLong) {
    const OperationTrace trace = made_trace();
    OperationWriter writer = OperationWriter::open(trace.descriptor()).value();
    writer.begin_step(std::string(5000, 'x'));
    EXPECT_THAT(trace.read()->text, SizeIs(255));
    const std::vector<std::int64_t> sizes(100, 1);
    writer.begin_step("");
    writer.begin_operation(std::string(5000, 'y').c_str());
    for (int i = 0; i < 100; ++i) {
        writer.add_tensor({.type = "a type with a long name", .sizes = sizes, .strides = sizes});
    }
    const std::string one = "a type with a l[1x1x1x1x1x1] strides [1, 1, 1, 1, 1, 1]";
    EXPECT_EQ(trace.read()->text, fmt::format("{}({})", std::string(63, 'y'),
                                              fmt::join(std::vector<std::string>(6, one), ", ")));
}

/// All that a worker can write.
TEST(OperationTrace, IsPrintableWhateverTheWorkerWrote) {
    for (const char byte : {'\x1b', '\xff', 'x'}) {
        const OperationTrace trace = made_trace();
        struct ::stat status {};
        ASSERT_EQ(::fstat(trace.descriptor(), &status), 0);
        const std::string garbage(static_cast<std::size_t>(status.st_size), byte);
        ASSERT_EQ(::pwrite(trace.descriptor(), garbage.data(), garbage.size(), 0), status.st_size);
        const auto last = trace.read();
        ASSERT_TRUE(last);
        EXPECT_THAT(last->text, Not(HasSubstr("\x1b")));
        EXPECT_THAT(last->text, Not(HasSubstr("\xff")));
    }
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
    writer.begin_round(1);
    writer.begin_step("matmul");
    writer.begin_operation("aten::mm");
    writer.add_tensor({.type = "int8", .sizes = {}});
    EXPECT_FALSE(writer.is_open());
}

TEST(KindOf, LeavesOutSizes) {
    EXPECT_EQ(kind_of("matmul bfloat16, NN 1x2x3: aten::mm(bfloat16[1x2])"), "matmul bfloat16");
    EXPECT_EQ(kind_of("aten::mm(bfloat16[1x2])"), "aten::mm");
    EXPECT_EQ(kind_of("uniform numbers"), "uniform numbers");
}

}  // namespace
}  // namespace trilby::validate
