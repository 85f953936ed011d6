// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/step_guard.hpp"

#include <gmock/gmock.h>
#include <limits>

namespace trilby::backends {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Two tensors that a step doubles, on a device that can be made to fail.
struct FaultyDevice {
    torch::Tensor weight = torch::arange(1, 7, torch::kFloat32).view({2, 3});
    torch::Tensor count = torch::zeros({}, torch::kInt64);
    int computed = 0;
    std::function<void(FaultyDevice&)> fault = [](FaultyDevice&) {};  ///< in the second computation

    NamedTensors state() { return {{"model.weight", weight}, {"count", count}}; }
    torch::Tensor step() {
        weight.mul_(2);
        count.add_(1);
        if (++computed == 2) {
            fault(*this);
        }
        return weight.sum();
    }
};

Result<torch::Tensor> guarded_step(FaultyDevice& device) {
    StepGuard guard(device.state(), 1);
    return guard.twice([&] { return device.step(); });
}

TEST(StepGuard, TakesAStepOnceAlthoughItIsComputedTwice) {
    FaultyDevice device;
    StepGuard guard(device.state(), 1);
    const auto loss = guard.twice([&] { return device.step(); });
    ASSERT_TRUE(loss);
    EXPECT_EQ(loss->item<float>(), 42);
    EXPECT_EQ(device.count.item<std::int64_t>(), 1);
    EXPECT_EQ(device.computed, 2);
    EXPECT_EQ(guard.verification().value().steps, 1);
}

TEST(StepGuard, IsDueAtTheEndOfEachInterval) {
    FaultyDevice device;
    const StepGuard guard(device.state(), 3);
    EXPECT_FALSE(guard.is_due(0));
    EXPECT_FALSE(guard.is_due(1));
    EXPECT_TRUE(guard.is_due(2));
    EXPECT_TRUE(guard.is_due(5));
    const StepGuard none(device.state(), 0);
    EXPECT_FALSE(none.is_due(0));
    EXPECT_EQ(none.verification(), std::nullopt);
}

TEST(StepGuard, FindsASingleBitAndNamesTheTensor) {
    FaultyDevice device;
    device.fault = [](FaultyDevice& faulty) {
        auto* bits = static_cast<std::uint32_t*>(faulty.weight.data_ptr());
        bits[4] ^= 1U;
    };
    const auto loss = guarded_step(device);
    ASSERT_FALSE(loss);
    EXPECT_EQ(loss.error().code, ErrorCode::failed);
    // The loss is rounded and may not show it.
    EXPECT_THAT(loss.error().message,
                AllOf(HasSubstr("the device cpu computes wrong"), HasSubstr("in 1 of ")));
    EXPECT_EQ(device.weight[0][0].item<float>(), 1) << "the state is that of before";
    EXPECT_EQ(device.count.item<std::int64_t>(), 0);
}

TEST(StepGuard, FindsTheSignOfAZeroAndAWrongInteger) {
    FaultyDevice signs;
    signs.weight.zero_();
    signs.fault = [](FaultyDevice& faulty) { faulty.weight[1][1] = -0.0; };
    EXPECT_THAT(guarded_step(signs).error().message,
                HasSubstr("1 of 6 elements of 'model.weight'"));
    FaultyDevice counts;
    counts.fault = [](FaultyDevice& faulty) { faulty.count.add_(1); };
    EXPECT_THAT(guarded_step(counts).error().message, HasSubstr("1 of 1 elements of 'count'"));
}

TEST(StepGuard, TakesTwoEqualNaNForEqual) {
    FaultyDevice device;
    device.weight[0][0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(guarded_step(device));
}

TEST(StepGuard, ComparesTensorsWhoseElementsAreNotInOrder) {
    FaultyDevice device;
    device.weight = device.weight.t();
    device.fault = [](FaultyDevice& faulty) { faulty.weight[2][1] += 1; };
    EXPECT_FALSE(guarded_step(device));
}

}  // namespace
}  // namespace trilby::backends
