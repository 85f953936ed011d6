// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// `trilby validate --device all` on a made-up machine with a card and seven MIG instances of
/// another one: the devices of tests/modules/devices.c, which the NVML of tests/vendors lists.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "cli/tested_device.hpp"
#include "cli/validate_machine.hpp"
#include "support/facts.hpp"
#include "worker/vendor_fixture.hpp"

namespace trilby::cli {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using trilby::testing::fact;

constexpr const char* whole_card = "0000:1b:00.0";
constexpr const char* divided_card = "0000:2c:00.0";
constexpr const char* card_uuid = "GPU-5D1F0D1E-0000-0000-0000-000000000000";
constexpr int instances = 7;

std::string uuid_of_instance(int number) {
    return fmt::format("MIG-9c2b6a1f-0000-0000-0000-{:012}", number);
}

PciDevice card_at(const char* address) {
    PciDevice card;
    card.address = address;
    card.vendor_id = fact<std::uint16_t>(0x10de);
    card.device_id = fact<std::uint16_t>(0x2330);
    card.class_code = fact(0x030200U);
    return card;
}

Machine made_machine() {
    Machine machine;
    machine.pci_devices = fact(std::vector{card_at(whole_card), card_at(divided_card)});
    NvidiaGpu divided;
    divided.pci_address = divided_card;
    std::vector<MigInstance> parts;
    for (std::uint32_t number = 1; number <= instances; ++number) {
        parts.push_back({number, {0}});
    }
    divided.mig_instances = fact(parts);
    machine.nvidia_gpus = fact(std::vector{divided});
    return machine;
}

/// The lines for the made-up NVML. Each instance is in a GPU instance of its own, but those from
/// `last_gpu_instance` on are in that one.
std::string nvml_table(int last_gpu_instance = instances) {
    std::string table;
    for (const char* address : {whole_card, divided_card}) {
        table += fmt::format("device {} 85899345920 9.0 made device\n", address);
    }
    for (int number = 1; number <= instances; ++number) {
        table += fmt::format("instance {} {} {} made device MIG 1g.10gb\n", divided_card,
                             std::min(number, last_gpu_instance), uuid_of_instance(number));
    }
    return table;
}

/// The devices of the made-up backend, by their places. `vanished` was there before.
std::string devices_of_backend(int vanished) {
    std::string devices = fmt::format("{}@{}", card_uuid, whole_card);
    for (int number = 1; number <= instances; ++number) {
        devices += number == vanished
                       ? ",gone@gone"
                       : fmt::format(",{}@{}", uuid_of_instance(number), divided_card);
    }
    return devices;
}

class ValidateInstances : public trilby::testing::VendorTest {
  protected:
    void SetUp() override {
        VendorTest::SetUp();
        imitate(nvml_table());
        ::setenv("TRILBY_TEST_UUIDS", devices_of_backend(0).c_str(), 1);
    }
    void TearDown() override {
        for (const char* name :
             {"TRILBY_TEST_UUIDS", "TRILBY_TEST_FAULTS", "CUDA_VISIBLE_DEVICES"}) {
            ::unsetenv(name);
        }
        VendorTest::TearDown();
    }

    /// The document; `code` is the exit code.
    json::object validate(std::vector<std::string> checks, int level = 1) {
        ValidateOptions options;
        options.every_device = true;
        options.as_json = true;
        Prepared prepared = prepared_for(std::move(checks), level);
        const auto devices = list_every_device(options, prepared);
        EXPECT_TRUE(devices);
        std::jthread user;
        if (user_interrupts_) {
            user = std::jthread([] {
                std::this_thread::sleep_for(std::chrono::milliseconds(500));
                ::kill(::getpid(), SIGINT);
            });
        }
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        code_ = validate_machine(options, prepared, devices.value_or(std::vector<ListedDevice>()));
        std::ignore = ::testing::internal::GetCapturedStderr();
        return json::parse_object(::testing::internal::GetCapturedStdout(), "the document")
            .value_or(json::object());
    }

    Prepared prepared_for(std::vector<std::string> checks, int level) {
        Prepared prepared{.machine = made_machine()};
        prepared.options = {.level = level, .checks = std::move(checks), .seed = 1};
        prepared.plan = validate::make_plan(prepared.options).value();
        prepared.run.worker_program = trilby::testing::worker_program();
        prepared.run.backend_module = trilby::testing::module_path("devices");
        prepared.run.backend = "cuda";
        prepared.run.level = level;
        prepared.run.silence_limit = std::chrono::seconds(3);
        prepared.run.interrupts = &interrupts_;
        prepared.runtimes_module = trilby::testing::library_folder() / "trilby-runtimes.so";
        return prepared;
    }

    static std::vector<std::string> texts(const json::object& document, const char* key) {
        std::vector<std::string> texts;
        for (const json::value& device : document.at("devices").as_array()) {
            texts.emplace_back(device.at("subject").at(key).as_string());
        }
        return texts;
    }
    static std::vector<std::string> conclusions(const json::object& document) {
        std::vector<std::string> texts;
        for (const json::value& device : document.at("devices").as_array()) {
            texts.emplace_back(device.at("conclusion").as_string());
        }
        return texts;
    }

    int code_ = 0;
    bool user_interrupts_ = false;  ///< while the devices work

  private:
    platform::InterruptWatch interrupts_;
};

TEST_F(ValidateInstances, EveryInstanceAndEveryOtherCardIsADevice) {
    const json::object document = validate({"matmul"});
    EXPECT_EQ(code_, 0);
    EXPECT_EQ(document.at("conclusion"), "passed");
    EXPECT_THAT(document.at("not_covered").as_array(), IsEmpty());
    std::vector<std::string> uuids{card_uuid};
    std::vector<std::string> kinds{"card"};
    for (int number = 1; number <= instances; ++number) {
        uuids.push_back(uuid_of_instance(number));
        kinds.emplace_back("mig-instance");
    }
    EXPECT_EQ(texts(document, "uuid"), uuids);
    EXPECT_EQ(texts(document, "kind"), kinds);
    EXPECT_EQ(texts(document, "name").at(3), "made device MIG 1g.10gb");
    EXPECT_EQ(texts(document, "pci_address").at(3), divided_card);
    EXPECT_EQ(document.at("devices").at(3).at("subject").at("device"), 3);
}

TEST_F(ValidateInstances, InstancesAreComparedWithEachOtherAlone) {
    ::setenv("TRILBY_TEST_FAULTS", "3:slow:compute", 1);
    const json::object document = validate({"compute"}, 2);
    EXPECT_EQ(code_, 1);
    EXPECT_THAT(conclusions(document), Each("passed"));
    ASSERT_THAT(document.at("outliers").as_array(), SizeIs(1));
    EXPECT_EQ(document.at("outliers").at(0).at("device"), 3);
    EXPECT_EQ(document.at("outliers").at(0).at("compared"), instances);
}

TEST_F(ValidateInstances, AFaultOfOneInstanceDoesNotChangeTheVerdictsOfOthers) {
    ::setenv("TRILBY_TEST_FAULTS", "2:wrong:matmul,4:hang:matmul,6:crash:start", 1);
    const json::object document = validate({"matmul"});
    EXPECT_EQ(code_, 1);
    EXPECT_THAT(conclusions(document), ElementsAre("passed", "passed", "failed", "passed", "failed",
                                                   "passed", "failed", "passed"));
    const json::value& wrong = document.at("devices").at(2).at("results").at(0);
    EXPECT_EQ(wrong.at("verdict"), "fail");
    EXPECT_EQ(wrong.at("persistence"), "permanent");
    EXPECT_THAT(std::string(wrong.at("replay").as_string()),
                HasSubstr("--device " + uuid_of_instance(2)));
    EXPECT_EQ(document.at("devices").at(4).at("results").at(0).at("verdict"), "time-out");
    EXPECT_EQ(document.at("devices").at(6).at("results").at(0).at("verdict"), "crash");
}

TEST_F(ValidateInstances, AnInstanceThatVanishesFailsAlone) {
    ::setenv("TRILBY_TEST_UUIDS", devices_of_backend(5).c_str(), 1);
    const json::object document = validate({"matmul"});
    EXPECT_EQ(code_, 1);
    EXPECT_EQ(conclusions(document).at(5), "failed");
    EXPECT_THAT(conclusions(document), Contains("passed").Times(instances));
    const json::value& result = document.at("devices").at(5).at("results").at(0);
    EXPECT_EQ(result.at("check"), "known-answer");
    EXPECT_THAT(std::string(result.at("message").as_string()), HasSubstr("finds no device"));
}

TEST_F(ValidateInstances, APartOfACardHasNoPowerOfItsOwn) {
    const json::object document = validate({"matmul"});
    const auto is_power_unknown = [&](std::size_t device) {
        for (const json::value& fact :
             document.at("devices").at(device).at("subject").at("unknown").as_array()) {
            if (fact.at("name") == "power") {
                return fact.at("reason") == "the card reports it for all of its parts together";
            }
        }
        return false;
    };
    EXPECT_FALSE(is_power_unknown(0));
    EXPECT_TRUE(is_power_unknown(1));
}

TEST_F(ValidateInstances, ComputeInstancesOfOneGpuInstanceShareItsMemory) {
    say(nvml_table(6));
    const auto devices = list_every_device({}, prepared_for({"matmul"}, 1));
    ASSERT_TRUE(devices);
    std::vector<std::uint64_t> sharers;
    std::ranges::transform(*devices, std::back_inserter(sharers), &ListedDevice::memory_sharers);
    EXPECT_THAT(sharers, ElementsAre(1, 1, 1, 1, 1, 1, 2, 2));
}

TEST_F(ValidateInstances, OneOfThemIsSelectedWhateverTheVariableOfTheUserSays) {
    ::setenv("CUDA_VISIBLE_DEVICES", card_uuid, 1);
    Prepared prepared = prepared_for({"matmul"}, 1);
    ASSERT_TRUE(select_device(prepared, "mig-9C2B6A1F-0000-0000-0000-000000000003"));
    const Device device = start_device(prepared.run);
    ASSERT_TRUE(device.subject) << device.subject.error().error.message;
    EXPECT_EQ(device.subject->uuid, uuid_of_instance(3));
    EXPECT_EQ(device.subject->pci_address, divided_card);
    EXPECT_EQ(device.subject->device_name, "made device MIG 1g.10gb");
    EXPECT_EQ(select_device(prepared, "MIG-77").error().code, ErrorCode::usage);
}

TEST_F(ValidateInstances, TheVariableOfTheUserHidesDevices) {
    const std::string uuids = uuid_of_instance(2) + "," + uuid_of_instance(6);
    ::setenv("CUDA_VISIBLE_DEVICES", uuids.c_str(), 1);
    const json::object document = validate({"matmul"});
    EXPECT_EQ(code_, 1);
    EXPECT_EQ(document.at("conclusion"), "incomplete");
    EXPECT_THAT(texts(document, "uuid"), ElementsAre(uuid_of_instance(2), uuid_of_instance(6)));
    EXPECT_THAT(conclusions(document), Each("passed"));
    ASSERT_THAT(document.at("not_covered").as_array(), SizeIs(2));
    EXPECT_EQ(document.at("not_covered").at(1).at("message"), "2 of its 7 MIG instances validated");
}

TEST_F(ValidateInstances, WithoutNvmlTheDevicesAreThoseThatCudaShows) {
    say("nvmlInit_v2 return 9\n");
    const json::object document = validate({"matmul"});
    EXPECT_EQ(code_, 1);
    EXPECT_THAT(conclusions(document), ElementsAre("passed"));
    EXPECT_EQ(document.at("not_covered").at(1).at("message"), "1 of its 7 MIG instances validated");
}

TEST_F(ValidateInstances, AnInterruptEndsAllOfThem) {
    ::setenv("TRILBY_TEST_FAULTS", "3:waits:matmul", 1);
    user_interrupts_ = true;
    const json::object document = validate({"matmul"});
    EXPECT_EQ(code_, 130);
    EXPECT_EQ(conclusions(document).at(3), "incomplete");
}

}  // namespace
}  // namespace trilby::cli
