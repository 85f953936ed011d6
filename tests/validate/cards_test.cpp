// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/cards.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"
#include "support/temporary_folder.hpp"
#include "worker/vendor_fixture.hpp"

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using trilby::testing::fact;

PciDevice device(const char* address, std::uint16_t vendor, std::uint32_t class_code = 0x030200) {
    PciDevice card;
    card.address = address;
    card.vendor_id = fact(vendor);
    card.class_code = fact(class_code);
    return card;
}

TEST(Cards, AreTheAcceleratorsOfTheMachine) {
    PciDevice function = device("0000:03:00.2", 0x1002);
    function.physical_function = fact<std::string>("0000:03:00.0");
    Machine machine;
    machine.pci_devices = fact(std::vector{
        device("0000:01:00.0", 0x10de), device("0000:02:00.0", 0x1a03, 0x030000),
        device("0000:03:00.0", 0x1002), function, device("0000:04:00.0", 0x1da3, 0x120000)});
    const auto cards = cards_of(machine);
    ASSERT_EQ(cards.size(), 3U);  // without the display of the board and the virtual function
    EXPECT_EQ(backend_of(*cards[0]), "cuda");
    EXPECT_EQ(backend_of(*cards[1]), "rocm");
    EXPECT_EQ(backend_of(*cards[2]), "");
    EXPECT_THAT(cards_of(Machine{}), IsEmpty());
}

/// Two cards that the made-up libraries of tests/vendors know.
class AskedCards : public trilby::testing::VendorTest {
  protected:
    void SetUp() override {
        VendorTest::SetUp();
        imitate(
            "device 0000:01:00.0 85899345920 9.0 NVIDIA H100 80GB\n"
            "device 0000:02:00.0 42949672960 8.0 NVIDIA A100\n"
            "nvmlDeviceGetMigMode number 0\n");
    }

    static CardStateOptions options(std::set<std::string> awake = {}) {
        return {.worker_program = trilby::testing::worker_program(),
                .runtimes_module = trilby::testing::library_folder() / "trilby-runtimes.so",
                .awake = std::move(awake),
                .limit = std::chrono::seconds(10)};
    }
};

TEST_F(AskedCards, EachReportsItsOwnState) {
    const PciDevice first = device("0000:01:00.0", 0x10de);
    const PciDevice second = device("0000:02:00.0", 0x10de);
    const auto states = read_cards({&first, &second}, options());
    ASSERT_EQ(states.size(), 2U);
    EXPECT_EQ(states[0].address, "0000:01:00.0");
    EXPECT_EQ(states[0].facts.memory_total_bytes, 85899345920U);
    EXPECT_EQ(states[1].facts.memory_total_bytes, 42949672960U);
    EXPECT_EQ(states[1].reading.temperature_c, 64);
    EXPECT_EQ(states[1].reading.problem, "");
}

TEST_F(AskedCards, ACardThatSleepsIsNotWoken) {
    PciDevice card = device("0000:01:00.0", 0x10de);
    card.runtime_status = fact<std::string>("suspended");
    const CardState asleep = read_cards({&card}, options()).at(0);
    EXPECT_EQ(asleep.reading.problem, "the card sleeps");
    EXPECT_EQ(asleep.reading.temperature_c, std::nullopt);
    const CardState used = read_cards({&card}, options({"0000:01:00.0"})).at(0);
    EXPECT_EQ(used.reading.temperature_c, 64);
}

// The drivers of AMD wake a card for each of their files.
TEST_F(AskedCards, TheDriversFilesOfACardThatSleepsAreNotRead) {
    const trilby::testing::TemporaryFolder folder;
    const std::string files = "sys/bus/pci/devices/0000:03:00.0/";
    folder.write(files + "hwmon/hwmon0/temp1_input", "40000\n");
    folder.write(files + "ras/umc_err_count", "ue: 1\nce: 2\n");
    folder.write(files + "aer_dev_fatal", "DLP 3\n");
    PciDevice card = device("0000:03:00.0", 0x1002);
    card.runtime_status = fact<std::string>("suspended");
    CardStateOptions options = AskedCards::options();
    options.tree = platform::FileTree(folder.path());
    const Reading asleep = read_cards({&card}, options).at(0).reading;
    EXPECT_EQ(asleep.temperature_c, std::nullopt);
    EXPECT_THAT(asleep.errors, ElementsAre(Pair("PCIe DLP, fatal", 3U)));
    options.awake = {"0000:03:00.0"};
    EXPECT_EQ(read_cards({&card}, options).at(0).reading.temperature_c, 40);
}

TEST_F(AskedCards, ACardThatTheLibraryDoesNotKnowIsReported) {
    const PciDevice card = device("0000:09:00.0", 0x10de);
    EXPECT_THAT(read_cards({&card}, options()).at(0).reading.problem, HasSubstr("NVML error 6"));
}

}  // namespace
}  // namespace trilby::validate
