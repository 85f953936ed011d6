// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/machine_json.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Style plain_style{.columns = 80, .has_colour = false};

template <class T>
Observed<T> fact(T value) {
    return Observed<T>::present(std::move(value), "/made");
}

Machine machine_with_gpu() {
    PciDevice device;
    device.address = "0000:01:00.0";
    device.class_code = fact<std::uint32_t>(0x030000);
    device.vendor_name = fact<std::string>("NVIDIA Corporation");
    device.device_name = fact<std::string>("AD102 [GeForce RTX 4090]");
    device.driver = fact<std::string>("nvidia");
    Machine machine;
    machine.pci_devices = fact(std::vector{device});
    machine.drivers = fact(std::vector{
        KernelDriver{"nvidia", fact<std::string>("580.65.06"), fact<std::string>("open")}});
    return machine;
}

TEST(MachineJson, GivesValuePresenceAndSource) {
    Machine machine;
    machine.cpu.model = fact<std::string>("A CPU");
    machine.memory.total_bytes =
        Observed<std::uint64_t>::missing(Presence::denied, "/proc/meminfo");
    const json::object document = to_json(machine);
    EXPECT_EQ(document.at("schema"), 1);
    const json::object& model = document.at("cpu").as_object().at("model").as_object();
    EXPECT_EQ(model.at("value"), "A CPU");
    EXPECT_EQ(model.at("presence"), "present");
    EXPECT_EQ(model.at("source"), "/made");
    const json::object& total = document.at("memory").as_object().at("total_bytes").as_object();
    EXPECT_TRUE(total.at("value").is_null());
    EXPECT_EQ(total.at("presence"), "denied");
}

TEST(MachineJson, IsValidUtf8WhateverTheMachineSays) {
    Machine machine;
    machine.cpu.model = fact<std::string>("\xff\xfe \x1b[31m");
    const std::string text = json::serialize(to_json(machine));
    EXPECT_THAT(text, HasSubstr(R"(\\xff\\xfe \\x1b[31m)"));
}

TEST(MachineText, NamesTheGpuItsDriverAndItsAddress) {
    const std::string text = to_text(machine_with_gpu(), plain_style);
    EXPECT_THAT(text, HasSubstr("NVIDIA Corporation AD102 [GeForce RTX 4090]"));
    EXPECT_THAT(text, HasSubstr("0000:01:00.0, driver nvidia 580.65.06 (open)"));
}

TEST(MachineText, ObeysNoEscapeFromOutside) {
    Machine machine = machine_with_gpu();
    machine.cpu.model = fact<std::string>("evil\x1b]0;title\x07\nGPU       fake");
    const std::string text = to_text(machine, plain_style);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\nGPU       fake")));
}

TEST(MachineText, SaysUnknownAndNotZero) {
    const std::string text = to_text(Machine{}, plain_style);
    EXPECT_THAT(text, HasSubstr("unknown"));
    EXPECT_THAT(text, Not(HasSubstr("0 B")));
    EXPECT_THAT(text, Not(HasSubstr("none on the PCI bus")));
}

TEST(SourcesText, ListsEveryValueWithItsSource) {
    const std::string text = sources_text(machine_with_gpu());
    EXPECT_THAT(text, ::testing::ContainsRegex("pci_devices\\[0\\]\\.driver +nvidia +/made"));
    EXPECT_THAT(text, ::testing::ContainsRegex("cpu\\.model +absent"));
}

}  // namespace
}  // namespace trilby::report
