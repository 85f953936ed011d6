// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/machine_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "validate/made_devices.hpp"

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class MachineCheck : public trilby::testing::MadeDevices {
  protected:
    /// Devices that have passed a check. Their faults are those of the check of the machine.
    void make(std::int64_t count, const char* faults = "") {
        devices_.clear();
        for (RunOptions& run : devices(count, faults)) {
            devices_.push_back({std::move(run)});
        }
        so_far_ = {};
        for (std::int64_t device = 0; device < count; ++device) {
            Validation validation;
            validation.subject.device = device;
            validation.results.push_back({.planned = {find_check("matmul"), 1, 0}});
            validation.results.front().report.verdict = Verdict::pass;
            so_far_.devices.push_back(std::move(validation));
        }
        so_far_.alone.resize(so_far_.devices.size());
    }

    [[nodiscard]] CheckResult run() const {
        return run_machine_check({.check = find_check("collectives"), .seconds = 0.1, .seed = 7},
                                 so_far_, devices_);
    }

    std::vector<MachineDevice> devices_;
    MachineValidation so_far_;
};

TEST_F(MachineCheck, OneWorkerHasAllDevices) {
    make(8);
    const CheckResult result = run();
    EXPECT_EQ(result.report.verdict, Verdict::pass) << result.report.message;
    EXPECT_THAT(result.report.message, StartsWith("made by devices 0,1,2,3,4,5,6,7 "));
    EXPECT_THAT(result.issues, IsEmpty());
}

TEST_F(MachineCheck, AFailureIsRepeatedWithAllDevices) {
    make(2, "0:wrong:collectives");
    const CheckResult result = run();
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_EQ(result.persistence, Persistence::permanent);
    EXPECT_THAT(result.replay, HasSubstr("--device all "));
}

TEST_F(MachineCheck, AWorkerThatHangsOrDiesHasALimit) {
    make(2, "0:hang:collectives");
    EXPECT_EQ(run().report.verdict, Verdict::time_out);
    make(2, "0:crash:collectives");
    EXPECT_EQ(run().report.verdict, Verdict::crash);
}

TEST_F(MachineCheck, ADeviceThatDidNotAnswerBeforeIsLeftOut) {
    make(4);
    so_far_.devices[0].results.front().report.verdict = Verdict::time_out;
    so_far_.alone[2] = so_far_.devices[0].results;
    const CheckResult result = run();
    EXPECT_THAT(result.report.message, StartsWith("made by devices 1,3 "));
    ASSERT_THAT(result.issues, SizeIs(2));
    EXPECT_EQ(sentence(result.issues[0]), "device 0: left out, since it did not answer before");
    EXPECT_EQ(result.issues[1].where, "device 2");
}

TEST_F(MachineCheck, ADeviceThatDidNotStartIsLeftOut) {
    make(3);
    devices_[1].has_started = false;
    const CheckResult result = run();
    EXPECT_THAT(result.report.message, StartsWith("made by devices 0,2 "));
    ASSERT_THAT(result.issues, SizeIs(1));
    EXPECT_EQ(sentence(result.issues[0]), "device 1: left out, since it did not start");
}

TEST_F(MachineCheck, FewerThanTwoDevicesCannotCarryItOut) {
    make(2);
    devices_.back().has_started = false;
    const CheckResult result = run();
    EXPECT_EQ(result.report.verdict, Verdict::not_run);
    EXPECT_EQ(result.report.message, "fewer than two devices work");
}

TEST_F(MachineCheck, DoesNotApplyToASingleDevice) {
    make(1);
    const CheckResult result = run();
    EXPECT_EQ(result.report.verdict, Verdict::skip);
    EXPECT_EQ(result.report.skip_reason, SkipReason::not_applicable);
}

TEST_F(MachineCheck, DevicesThatNoWorkerSeesBesideTheFirstTakeNoPart) {
    make(3);
    devices_[2].run.environment.emplace_back("CUDA_VISIBLE_DEVICES", "MIG-1");
    const CheckResult result = run();
    EXPECT_THAT(result.report.message, StartsWith("made by devices 0,1 "));
    EXPECT_THAT(result.issues, IsEmpty());
    devices_[1].run.environment.emplace_back("CUDA_VISIBLE_DEVICES", "MIG-2");
    EXPECT_EQ(run().report.skip_reason, SkipReason::not_applicable);
}

TEST_F(MachineCheck, FailsIfADeviceCountsErrorsMeanwhile) {
    make(3);
    std::uint64_t errors = 4;
    devices_[0].run.read_telemetry = [] {
        return Reading{.errors = {{"memory errors, not corrected", 1}}};
    };
    devices_[1].run.read_telemetry = [&] {
        return Reading{.errors = {{"memory errors, not corrected", errors++}}};
    };
    const CheckResult result = run();
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_THAT(result.report.message,
                StartsWith("device 1: memory errors, not corrected: found "));
    ASSERT_THAT(result.errors, SizeIs(1));
    EXPECT_EQ(result.errors[0].counter, "device 1: memory errors, not corrected");
}

TEST_F(MachineCheck, KeepsTheErrorsOfADeviceThatEndsTheWorker) {
    make(2, "0:crash:collectives");
    std::uint64_t errors = 0;
    devices_[1].run.read_telemetry = [&] { return Reading{.errors = {{"Xid 79", errors++}}}; };
    const CheckResult result = run();
    EXPECT_EQ(result.report.verdict, Verdict::crash);
    ASSERT_THAT(result.errors, SizeIs(1));
    EXPECT_EQ(result.errors[0].counter, "device 1: Xid 79");
}

TEST_F(MachineCheck, NoDeviceIsGivenMoreMemoryThanItHas) {
    make(2);
    devices_[0].run.memory_bytes = 2'000;
    devices_[1].run.memory_bytes = 1'000;
    EXPECT_THAT(run().report.message, HasSubstr("in 1000 bytes each"));
}

}  // namespace
}  // namespace trilby::validate
