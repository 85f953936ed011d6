// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/named_devices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/vendor_fixture.hpp"

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using trilby::testing::library_folder;
using namespace std::chrono_literals;

const NamedDevice whole_card{"GPU-5d1f0d1e-01", "H100", "0000:1b:00.0"};
const NamedDevice instance_seven{"MIG-9c2b6a1f-01", "H100 MIG 1g.10gb", "0000:2c:00.0",
                                 "GPU-77ab-02", 7};
const NamedDevice instance_eight{"MIG-9c40aaaa-02", "H100 MIG 1g.10gb", "0000:2c:00.0",
                                 "GPU-77ab-02", 8};
const std::vector<NamedDevice> three_devices{whole_card, instance_seven, instance_eight};

std::vector<std::string> uuids_of(const std::vector<NamedDevice>& devices) {
    std::vector<std::string> uuids;
    for (const NamedDevice& device : devices) {
        uuids.push_back(device.uuid);
    }
    return uuids;
}

TEST(NamedDevices, UuidsAreToldFromOtherWords) {
    for (const char* text : {"GPU-5", "mig-9c2b6a1f-0000-0000-0000-000000000001",
                             "MIG-GPU-5d1f0d1e-0000-0000-0000-000000000000/1/0"}) {
        EXPECT_TRUE(is_uuid(text)) << text;
    }
    for (const char* text : {"", "0", "all", "MIG", "MIG-", "GPU-5,GPU-6", "GPU-5\n", "CPU-5"}) {
        EXPECT_FALSE(is_uuid(text)) << text;
    }
    EXPECT_FALSE(is_uuid("MIG-" + std::string(1000, '0')));
}

TEST(NamedDevices, AUuidMayBeAbbreviatedAndItsCaseDoesNotMatter) {
    EXPECT_EQ(find_named(three_devices, "MIG-9c2b6a1f-01")->uuid, instance_seven.uuid);
    EXPECT_EQ(find_named(three_devices, "mig-9C40")->uuid, instance_eight.uuid);
    EXPECT_EQ(find_named(three_devices, "GPU-5")->uuid, whole_card.uuid);
}

TEST(NamedDevices, AUuidThatDoesNotExistIsAnErrorWithThoseThatDo) {
    const auto found = find_named(three_devices, "MIG-0000");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::usage);
    EXPECT_EQ(found.error().message, "device MIG-0000 does not exist");
    EXPECT_THAT(found.error().hint, AllOf(HasSubstr("use one of GPU-5d1f0d1e-01 (H100), "),
                                          HasSubstr("MIG-9c40aaaa-02 (H100 MIG 1g.10gb)")));
    EXPECT_FALSE(find_named({}, "MIG-0000").error().hint.empty());
}

TEST(NamedDevices, AUuidOfSeveralDevicesIsAnErrorWithThem) {
    for (const char* uuid : {"MIG-9c", "GPU-77ab-02"}) {
        const auto found = find_named(three_devices, uuid);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().message, std::string(uuid) + " stands for 2 devices");
        EXPECT_THAT(found.error().hint,
                    AllOf(HasSubstr(instance_seven.uuid), HasSubstr(instance_eight.uuid)));
    }
}

TEST(NamedDevices, TheVariableSelectsByUuidInItsOrder) {
    EXPECT_THAT(uuids_of(visible_devices(three_devices, "MIG-9c40, GPU-5d1f0d1e-01")),
                ElementsAre(instance_eight.uuid, whole_card.uuid));
    EXPECT_THAT(uuids_of(visible_devices(three_devices, "GPU-77ab-02")),
                ElementsAre(instance_seven.uuid, instance_eight.uuid));
}

TEST(NamedDevices, ADeviceThatTheVariableHasTwiceIsThereOnce) {
    EXPECT_THAT(uuids_of(visible_devices(three_devices, "MIG-9c40,GPU-77ab-02,MIG-9c40")),
                ElementsAre(instance_eight.uuid, instance_seven.uuid));
}

TEST(NamedDevices, AnEntryThatFitsSeveralCardsEndsTheVariable) {
    const std::vector<NamedDevice> two_cards{{.uuid = "GPU-5a"}, {.uuid = "GPU-5b"}};
    EXPECT_THAT(visible_devices(two_cards, "GPU-5,GPU-5a"), IsEmpty());
    EXPECT_THAT(uuids_of(visible_devices(two_cards, "GPU-5b,GPU-5")), ElementsAre("GPU-5b"));
}

TEST(NamedDevices, TheFirstEntryThatIsNoUuidOfADeviceEndsTheVariable) {
    for (const char* variable : {"", "0", "-1,GPU-5", "MIG-0,GPU-5", "NoDevFiles", ",GPU-5"}) {
        EXPECT_THAT(visible_devices(three_devices, variable), IsEmpty()) << variable;
    }
    EXPECT_THAT(uuids_of(visible_devices(three_devices, "GPU-5,1,MIG-9c2b")),
                ElementsAre(whole_card.uuid));
}

TEST(NamedDevices, AWorkerSeesOnlyTheDevicesThatItIsShown) {
    RunOptions run;
    run.backend = "cuda";
    const RunOptions alone = run_on(run, {instance_eight});
    EXPECT_EQ(alone.device, 0);
    EXPECT_EQ(alone.uuid, instance_eight.uuid);
    EXPECT_THAT(alone.environment, ElementsAre(Pair("CUDA_VISIBLE_DEVICES", instance_eight.uuid)));
    const RunOptions beside = run_on(run, {instance_seven, whole_card}, 1);
    EXPECT_EQ(beside.device, 1);
    EXPECT_EQ(beside.uuid, whole_card.uuid);
    EXPECT_THAT(beside.environment, ElementsAre(Pair("CUDA_VISIBLE_DEVICES",
                                                     instance_seven.uuid + "," + whole_card.uuid)));
}

/// What the made-up NVML of tests/vendors, which does what `table` says, lists.
class ListedByNvml : public trilby::testing::VendorTest {
  protected:
    Result<std::vector<NamedDevice>> list(const std::string& table, const char* backend = "cuda") {
        imitate(devices_ + table);
        return list_named_devices({.worker_program = trilby::testing::worker_program(),
                                   .runtimes_module = library_folder() / "trilby-runtimes.so",
                                   .backend = backend,
                                   .limit = 3s});
    }

  private:
    const std::string devices_ =
        "device 0000:1b:00.0 85899345920 9.0 NVIDIA H100\n"
        "device 0000:2c:00.0 85899345920 9.0 NVIDIA H100\n"
        "instance 0000:2c:00.0 7 MIG-9c2b6a1f-01 NVIDIA H100 MIG 3g.40gb\n"
        "instance 0000:2c:00.0 9 MIG-9c2b6a1f-02 NVIDIA H100 MIG 1g.10gb\n";
};

TEST_F(ListedByNvml, CardsAndTheInstancesOfThoseInMigMode) {
    const auto devices = list("");
    ASSERT_TRUE(devices) << devices.error().message;
    EXPECT_THAT(uuids_of(*devices), ElementsAre("GPU-5D1F0D1E-0000-0000-0000-000000000000",
                                                "MIG-9c2b6a1f-01", "MIG-9c2b6a1f-02"));
    EXPECT_FALSE(devices->at(0).is_instance());
    EXPECT_EQ(devices->at(0).pci_address, "0000:1b:00.0");
    const NamedDevice& instance = devices->at(2);
    EXPECT_EQ(instance.name, "NVIDIA H100 MIG 1g.10gb");
    EXPECT_EQ(instance.pci_address, "0000:2c:00.0");
    EXPECT_EQ(instance.card, "GPU-5D1F0D1E-0000-0000-0000-000000000001");
    EXPECT_EQ(instance.gpu_instance, 9U);
}

TEST_F(ListedByNvml, DevicesWithoutAUuidAreLeftOut) {
    EXPECT_THAT(*list("nvmlDeviceGetUUID return 3\n"), IsEmpty());
    EXPECT_THAT(*list("nvmlDeviceGetUUID rubbish\n"), IsEmpty());
    EXPECT_THAT(*list("nvmlDeviceGetHandleByIndex_v2 return 15\n"), IsEmpty());
}

TEST_F(ListedByNvml, AnImpossibleNumberOfPlacesIsNotBelieved) {
    const auto devices = list("nvmlDeviceGetMaxMigDeviceCount number 4000000000\n");
    ASSERT_TRUE(devices);
    EXPECT_EQ(devices->size(), 3U);
}

TEST_F(ListedByNvml, ALibraryThatDoesNotAnswerIsAnErrorWithTheReason) {
    const auto refused = list("nvmlInit_v2 return 9\n");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("cannot be read: Some error (NVML error 9)"));
    for (const char* line : {"nvmlInit_v2 hang\n", "nvmlInit_v2 crash\n"}) {
        EXPECT_FALSE(list(line)) << line;
    }
}

TEST_F(ListedByNvml, NotForABackendWithoutUuids) {
    const auto refused = list("", "cpu");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_EQ(refused.error().message, "backend cpu selects no device by its UUID");
}

}  // namespace
}  // namespace trilby::validate
