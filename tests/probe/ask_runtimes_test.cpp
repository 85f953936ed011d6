// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Queries well-behaved and faulty vendor libraries in real workers.

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "probe/runtimes/runtimes.hpp"
#include "worker/vendor_fixture.hpp"

namespace trilby::sources {
namespace {

using namespace std::chrono_literals;

constexpr const char* two_devices =
    "device 0000:01:00.0 85899345920 9.0 NVIDIA H100 80GB HBM3\n"
    "device 0001:c1:00.0 42949672960 8.0 NVIDIA A100\n";

class AskRuntimes : public testing::VendorTest {
  protected:
    /// Queries the libraries in a folder of tests/vendors, which `table` controls.
    std::vector<Runtime> ask(const std::string& table, const char* vendors = "good",
                             std::chrono::milliseconds limit = 20s) {
        imitate(table, vendors);
        const auto runtimes = parse_runtimes(json::serialize(ask_runtimes(
            {testing::worker_program(), testing::library_folder() / "trilby-runtimes.so", limit})));
        return runtimes.value_or(std::vector<Runtime>());
    }
    static Runtime named(const std::vector<Runtime>& runtimes, std::string_view name) {
        const auto found = std::ranges::find(runtimes, name, &Runtime::name);
        return found != runtimes.end() ? *found : Runtime{};
    }
};

TEST_F(AskRuntimes, EveryRuntimeDescribesTheDevices) {
    const auto runtimes = ask(two_devices);
    for (const char* name : {"nvml", "cuda", "hip", "rocm_smi"}) {
        const Runtime runtime = named(runtimes, name);
        ASSERT_EQ(runtime.state, RuntimeState::answered) << name << runtime.message.value_or("");
        ASSERT_EQ(runtime.devices->size(), 2U) << name;
        const RuntimeDevice& device = runtime.devices->back();
        EXPECT_EQ(device.name.value_or(""), "NVIDIA A100") << name;
        EXPECT_EQ(device.pci_address.value_or(""), "0001:c1:00.0") << name;
        EXPECT_EQ(device.memory_total_bytes.value_or(0), 42949672960U) << name;
        EXPECT_FALSE(device.problem) << name;
    }
}

TEST_F(AskRuntimes, ReadsVersionsAndModes) {
    const auto runtimes = ask(two_devices);
    EXPECT_EQ(named(runtimes, "nvml").driver_version.value_or(""), "580.95.05");
    EXPECT_EQ(named(runtimes, "cuda").api_version.value_or(""), "13.0");
    EXPECT_EQ(named(runtimes, "hip").api_version.value_or(""), "6.3.42133");
    EXPECT_EQ(named(runtimes, "rocm_smi").driver_version.value_or(""), "6.12.12");
    const RuntimeDevice device = named(runtimes, "nvml").devices->front();
    EXPECT_EQ(device.architecture.value_or(""), "9.0");
    EXPECT_TRUE(device.is_partitioned.value_or(false));
    EXPECT_TRUE(device.has_ecc.value_or(false));
    EXPECT_EQ(device.memory_used_bytes.value_or(0), 85899345920U / 4);
    EXPECT_EQ(named(runtimes, "cuda").devices->front().compute_units.value_or(0), 132U);
}

TEST_F(AskRuntimes, AnAbsentLibraryIsMissing) {
    auto runtimes = ask("", "none");
    // The libraries of this machine are found too.
    std::erase_if(runtimes, [](const Runtime& runtime) {
        return runtime.library.presence() == Presence::present;
    });
    if (runtimes.empty()) {
        GTEST_SKIP() << "this machine has the libraries of every vendor";
    }
    for (const Runtime& runtime : runtimes) {
        EXPECT_EQ(runtime.state, RuntimeState::missing) << runtime.name;
    }
}

TEST_F(AskRuntimes, AnswersWithoutDevices) {
    const auto runtimes = ask("hipGetDeviceCount return 100\n");
    for (const Runtime& runtime : runtimes) {
        EXPECT_EQ(runtime.state, RuntimeState::answered) << runtime.name;
        EXPECT_TRUE(runtime.devices && runtime.devices->empty()) << runtime.name;
    }
}

TEST_F(AskRuntimes, ReportsADriverOfAnotherVersion) {
    const auto runtimes = ask("nvmlInit_v2 return 18\ncuInit return 803\n");
    EXPECT_EQ(named(runtimes, "nvml").state, RuntimeState::wrong_version);
    EXPECT_EQ(named(runtimes, "nvml").message.value_or(""),
              "Driver/library version mismatch (NVML error 18)");
    EXPECT_EQ(named(runtimes, "cuda").state, RuntimeState::wrong_version);
    EXPECT_EQ(named(runtimes, "cuda").message.value_or(""), "unknown error (CUDA error 803)");
}

TEST_F(AskRuntimes, ALibraryWithoutAFunctionHasTheWrongVersion) {
    const Runtime nvml = named(ask("", "old"), "nvml");
    EXPECT_EQ(nvml.state, RuntimeState::wrong_version);
    EXPECT_NE(nvml.message.value_or("").find("has no function nvmlDeviceGetPciInfo_v3"),
              std::string::npos);
}

TEST_F(AskRuntimes, ReportsEveryInitializationError) {
    for (const int code : {1, 2, 3, 4, 9, 12, 15, 17, 34, 35, 46, 100, 101, 802, 804, 999, -1}) {
        const auto runtimes = ask(
            fmt::format("nvmlInit_v2 return {0}\ncuInit return {0}\nrsmi_init return {0}\n", code));
        for (const char* name : {"nvml", "cuda", "rocm_smi"}) {
            const Runtime runtime = named(runtimes, name);
            EXPECT_TRUE(runtime.state == RuntimeState::refused ||
                        runtime.state == RuntimeState::wrong_version)
                << name << code;
            EXPECT_NE(runtime.message.value_or("").find(fmt::format("error {}", code)),
                      std::string::npos);
        }
    }
}

TEST_F(AskRuntimes, ACrashDoesNotAffectOtherRuntimes) {
    const auto runtimes = ask(std::string(two_devices) + "nvmlDeviceGetName crash\n");
    EXPECT_EQ(named(runtimes, "nvml").state, RuntimeState::crashed);
    EXPECT_EQ(named(runtimes, "cuda").state, RuntimeState::answered);
}

TEST_F(AskRuntimes, AnExitCountsAsACrash) {
    EXPECT_EQ(named(ask("cuInit exit 0\n"), "cuda").state, RuntimeState::crashed);
}

TEST_F(AskRuntimes, ASilentLibraryTimesOut) {
    const auto runtimes = ask(std::string(two_devices) + "cuInit hang\n", "good", 1s);
    EXPECT_EQ(named(runtimes, "cuda").state, RuntimeState::timed_out);
    EXPECT_EQ(named(runtimes, "nvml").state, RuntimeState::answered);
}

TEST_F(AskRuntimes, RefusesImpossibleCounts) {
    const auto runtimes =
        ask("nvmlDeviceGetCount_v2 count 4000000000\n"
            "cuDeviceGetCount count -1\nhipGetDeviceCount count 1025\n");
    for (const char* name : {"nvml", "cuda", "hip"}) {
        EXPECT_EQ(named(runtimes, name).state, RuntimeState::refused) << name;
        EXPECT_FALSE(named(runtimes, name).devices) << name;
    }
}

TEST_F(AskRuntimes, CutsUnterminatedTextAndMakesItPrintable) {
    const auto runtimes =
        ask(std::string(two_devices) + "nvmlDeviceGetName rubbish\ncuDeviceGetPCIBusId rubbish\n");
    const std::string name = named(runtimes, "nvml").devices->front().name.value_or("");
    EXPECT_EQ(name.find('\x1b'), std::string::npos);
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(named(runtimes, "cuda").devices->front().pci_address.presence(), Presence::malformed);
}

TEST_F(AskRuntimes, ADeviceWithoutANameKeepsItsOtherFacts) {
    const auto runtimes =
        ask(std::string(two_devices) + "rsmi_dev_name_get return 2\nhipDeviceGetName return 1\n");
    for (const char* name : {"rocm_smi", "hip"}) {
        const RuntimeDevice device = named(runtimes, name).devices->front();
        EXPECT_FALSE(device.name) << name;
        EXPECT_EQ(device.pci_address.value_or(""), "0000:01:00.0") << name;
        EXPECT_EQ(device.memory_total_bytes.value_or(0), 85899345920U) << name;
    }
    EXPECT_FALSE(named(runtimes, "rocm_smi").devices->front().problem);
    EXPECT_TRUE(named(runtimes, "hip").devices->front().problem);
}

TEST_F(AskRuntimes, ADeviceThatAnswersNothingHasAProblem) {
    const auto runtimes = ask(std::string(two_devices) +
                              "rsmi_dev_name_get return 2\nrsmi_dev_pci_id_get return 2\n"
                              "rsmi_dev_memory_total_get return 2\n"
                              "rsmi_dev_memory_usage_get return 2\n");
    const RuntimeDevice device = named(runtimes, "rocm_smi").devices->front();
    EXPECT_EQ(device.problem.value_or(""), "unknown error (ROCm SMI error 2)");
}

TEST_F(AskRuntimes, SizesThatAreNotValuesAreLeftOut) {
    const auto runtimes = ask(std::string(two_devices) +
                              "rsmi_dev_memory_total_get number -1\nhipDeviceTotalMem number 0\n");
    for (const char* name : {"rocm_smi", "hip"}) {
        EXPECT_FALSE(named(runtimes, name).devices->front().memory_total_bytes) << name;
    }
}

TEST_F(AskRuntimes, ALostDeviceHasAProblem) {
    const auto runtimes =
        ask(std::string(two_devices) + "nvmlDeviceGetHandleByIndex_v2 return 15\n");
    const Runtime nvml = named(runtimes, "nvml");
    ASSERT_EQ(nvml.state, RuntimeState::answered);
    EXPECT_EQ(nvml.devices->front().problem.value_or(""), "Some error (NVML error 15)");
    EXPECT_FALSE(nvml.devices->front().memory_total_bytes);
}

}  // namespace
}  // namespace trilby::sources
