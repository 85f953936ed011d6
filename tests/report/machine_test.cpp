// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/machine_json.hpp"
#include "report/text.hpp"
#include "support/facts.hpp"

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using trilby::testing::fact;

constexpr Style plain_style{.columns = 80, .has_color = false};

Machine machine_with_gpu() {
    PciDevice device;
    device.address = "0000:01:00.0";
    device.class_code = fact<std::uint32_t>(0x030000);
    device.vendor_id = fact<std::uint16_t>(0x10de);
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

TEST(MachineJson, IsValidUtf8ForAnyInput) {
    Machine machine;
    machine.cpu.model = fact<std::string>("\xff\xfe \x1b[31m");
    const std::string text = json::serialize(to_json(machine));
    EXPECT_THAT(text, HasSubstr(R"(\\xff\\xfe \\x1b[31m)"));
}

TEST(MachineText, ShowsTheGpuItsDriverAndItsAddress) {
    const std::string text = to_text(machine_with_gpu(), plain_style);
    EXPECT_THAT(text, HasSubstr("NVIDIA AD102 [GeForce RTX 4090]"));
    EXPECT_THAT(text, HasSubstr("0000:01:00.0, driver nvidia 580.65.06 (open)"));
}

TEST(MachineText, ShowsUnusedLanesAndASmallMemoryWindow) {
    Machine machine = machine_with_gpu();
    PciDevice device = machine.pci_devices->front();
    device.link = {.speed_gt_per_s = fact(2.5),
                   .max_speed_gt_per_s = fact(16.0),
                   .width = fact<std::uint32_t>(8),
                   .max_width = fact<std::uint32_t>(16)};
    device.largest_bar_bytes = fact<std::uint64_t>(256U << 20);
    device.largest_possible_bar_bytes = fact<std::uint64_t>(32ULL << 30);
    device.runtime_status = fact<std::string>("suspended");
    machine.pci_devices = fact(std::vector{device});
    EXPECT_THAT(to_text(machine, plain_style),
                HasSubstr("PCIe 16 GT/s x8 of x16, 256 MiB of 32 GiB visible to the CPU, asleep"));
}

KfdNode kfd_node(const std::string& address) {
    KfdNode node;
    node.gfx_target = fact<std::string>("gfx942");
    node.pci_address = fact(address);
    node.simd_count = fact<std::uint32_t>(152);
    node.compute_units = fact<std::uint32_t>(38);
    node.vram_bytes = fact<std::uint64_t>(24ULL << 30);
    return node;
}

TEST(MachineText, ShowsTheFactsOfTheComputeDriver) {
    Machine machine = machine_with_gpu();
    machine.kfd_nodes = fact(std::vector{kfd_node("0000:01:00.0")});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("gfx942, 38 compute units, 24 GiB\n"));
    machine.kfd_nodes =
        fact(std::vector{kfd_node("0000:01:00.0"), kfd_node("0000:01:00.0"), kfd_node("other")});
    EXPECT_THAT(to_text(machine, plain_style),
                HasSubstr("2 partitions, each gfx942, 38 compute units, 24 GiB\n"));
}

TEST(MachineText, ShowsEqualCardsInOneGroup) {
    Machine machine = machine_with_gpu();
    std::vector<PciDevice> devices(3, machine.pci_devices->front());
    devices[1].address = "0000:02:00.0";
    devices[2].address = "0000:03:00.0";
    devices[2].driver = Observed<std::string>::missing(Presence::absent, "/made");
    machine.pci_devices = fact(devices);
    const std::string text = to_text(machine, plain_style);
    EXPECT_THAT(text, HasSubstr("GPU       2 x NVIDIA AD102 [GeForce RTX 4090]\n"
                                "          driver nvidia 580.65.06 (open)\n"
                                "          0000:01:00.0, 0000:02:00.0\n"));
    EXPECT_THAT(text, HasSubstr("0000:03:00.0, no driver bound"));
}

TEST(MachineText, DoesNotCallTheDisplayOfAManagementChipAGpu) {
    Machine machine = machine_with_gpu();
    std::vector<PciDevice> devices(1, machine.pci_devices->front());
    devices[0].class_code = fact(0x030000U);
    devices[0].vendor_id = fact<std::uint16_t>(0x1a03);
    machine.pci_devices = fact(devices);
    EXPECT_THAT(to_text(machine, plain_style),
                HasSubstr("GPU       none on the PCI bus\nDisplay  "));
    devices[0].class_code = fact(0x030200U);
    machine.pci_devices = fact(devices);
    EXPECT_THAT(to_text(machine, plain_style), Not(HasSubstr("Display")));
}

TEST(MachineText, ShowsWhichCardsAContainerLacks) {
    Machine machine = machine_with_gpu();
    machine.nvidia_gpus = fact(std::vector<NvidiaGpu>());
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("not given to this container"));
}

TEST(MachineText, DistinguishesHiddenGpusFromNone) {
    Machine machine = machine_with_gpu();
    KfdNode hidden;
    hidden.simd_count = Observed<std::uint32_t>::missing(Presence::denied, "/made");
    machine.kfd_nodes = fact(std::vector{hidden});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("1 more AMD GPU is here, but hidden"));
}

TEST(MachineText, ShowsPartitionsAndExclusion) {
    Machine machine = machine_with_gpu();
    NvidiaGpu gpu;
    gpu.pci_address = "0000:01:00.0";
    gpu.mig_instances = fact(std::vector{MigInstance{1, {0}}, MigInstance{2, {0}}});
    machine.nvidia_gpus = fact(std::vector{gpu});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("divided into 2 MIG instances"));
    gpu.is_excluded = fact(true);
    machine.nvidia_gpus = fact(std::vector{gpu});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("excluded by the administrator"));
}

TEST(MachineText, ObeysNoUntrustedEscapeSequence) {
    Machine machine = machine_with_gpu();
    machine.cpu.model = fact<std::string>("evil\x1b]0;title\x07\nGPU       fake");
    const std::string text = to_text(machine, plain_style);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\nGPU       fake")));
}

TEST(MachineText, ShowsUnknownInsteadOfZero) {
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

LibTorch libtorch_for_cpus() {
    LibTorch libtorch;
    libtorch.folder = "/usr/lib";
    libtorch.version = fact<std::string>("1.13.1");
    libtorch.flavour = fact<std::string>("cpu");
    libtorch.blas = fact<std::string>("reference");
    libtorch.has_onednn = fact(true);
    libtorch.has_gloo = fact(false);
    return libtorch;
}

TEST(MachineText, DescribesALibTorchInALine) {
    Machine machine;
    EXPECT_THAT(to_text(machine, plain_style), Not(HasSubstr("LibTorch")));
    machine.libtorch = fact(std::vector<LibTorch>());
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("LibTorch  none found\n"));
    machine.libtorch = fact(std::vector{libtorch_for_cpus()});
    EXPECT_THAT(to_text(machine, plain_style),
                HasSubstr("LibTorch  1.13.1, CPU, reference BLAS, oneDNN\n"));
}

TEST(MachineText, DistinguishesSeveralLibTorchs) {
    LibTorch with_cuda = libtorch_for_cpus();
    with_cuda.folder = "/opt/libtorch/lib";
    with_cuda.flavour = fact<std::string>("cuda");
    with_cuda.cuda_version = fact<std::string>("12.8");
    with_cuda.gpu_targets = fact(std::vector<std::string>{"sm_80", "sm_90"});
    with_cuda.blas = fact<std::string>("mkl (built in)");
    Machine machine;
    machine.libtorch = fact(std::vector{libtorch_for_cpus(), with_cuda});
    const std::string text = to_text(machine, {.columns = 200, .has_color = false});
    EXPECT_THAT(text, HasSubstr("oneDNN, in /usr/lib\n"));
    EXPECT_THAT(text, HasSubstr("          1.13.1, CUDA 12.8, 2 GPU targets, MKL (built in), "
                                "oneDNN, in /opt/libtorch/lib\n"));
}

Machine machine_of_unknown_class() {
    Machine machine = machine_with_gpu();
    PciDevice device = machine.pci_devices->front();
    device.class_code = Observed<std::uint32_t>::missing(Presence::denied, "/made/class");
    machine.pci_devices = fact(std::vector{device});
    return machine;
}

TEST(MachineText, ShowsADeviceOfUnknownClassThatMayBeAGpu) {
    Machine machine = machine_of_unknown_class();
    EXPECT_THAT(
        to_text(machine, plain_style),
        HasSubstr("GPU       NVIDIA AD102 [GeForce RTX 4090]\n"
                  "          0000:01:00.0, driver nvidia 580.65.06 (open), class unknown\n"));
    PciDevice device = machine.pci_devices->front();
    device.driver = {};
    machine.pci_devices = fact(std::vector{device});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("no driver bound, class unknown"));
}

TEST(MachineText, DoesNotSayThatThereIsNoGpuIfAClassIsUnknown) {
    Machine machine = machine_of_unknown_class();
    PciDevice device = machine.pci_devices->front();
    device.vendor_id = {};
    device.driver = fact<std::string>("snd_hda_intel");
    machine.pci_devices = fact(std::vector{device});
    const std::string text = to_text(machine, plain_style);
    EXPECT_THAT(text, HasSubstr("GPU       unknown: the class of 1 PCI device cannot be read "
                                "(/made/class)\n"));
    EXPECT_THAT(text, Not(HasSubstr("none on the PCI bus")));
}

TEST(MachineText, ShowsAcceleratorsOfOtherClasses) {
    Machine machine = machine_with_gpu();
    PciDevice device = machine.pci_devices->front();
    device.class_code = fact(0x0b4000U);
    device.vendor_id = fact<std::uint16_t>(0x1e60);
    device.device_name = fact<std::string>("Hailo-8 AI Processor");
    machine.pci_devices = fact(std::vector{device});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("Accel     Hailo Hailo-8 AI Processor\n"));
}

TEST(MachineText, ShowsTheMemoryOfACardThatTheComputeDriverDoesNotList) {
    Machine machine = machine_with_gpu();
    AmdGpu gpu;
    gpu.pci_address = "0000:01:00.0";
    gpu.vram_bytes = fact<std::uint64_t>(16ULL << 30);
    machine.amd_gpus = fact(std::vector{gpu});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("          16 GiB\n"));
    machine.kfd_nodes = fact(std::vector{kfd_node("0000:01:00.0")});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("gfx942, 38 compute units, 24 GiB\n"));
}

std::string text_with_caches(const std::vector<std::uint64_t>& mebibytes) {
    std::vector<Cache> caches;
    for (const std::uint64_t size : mebibytes) {
        caches.push_back({.level = fact(3U), .size_bytes = fact(size << 20), .shared_by_cpus = {}});
    }
    // Small cores without the third level.
    caches.push_back(
        {.level = fact(2U), .size_bytes = fact<std::uint64_t>(1U << 20), .shared_by_cpus = {}});
    Machine machine;
    machine.cpu.last_level_caches = fact(caches);
    return to_text(machine, plain_style);
}

TEST(MachineText, ShowsTheSumAndTheInstancesOfTheLastLevelCache) {
    EXPECT_THAT(text_with_caches({32}), HasSubstr(" 32 MiB of L3 cache\n"));
    EXPECT_THAT(text_with_caches(std::vector<std::uint64_t>(16, 8)),
                HasSubstr(" 128 MiB of L3 cache in 16 instances of 8 MiB\n"));
    EXPECT_THAT(text_with_caches({8, 16}),
                HasSubstr(" 24 MiB of L3 cache in 2 instances of 8 MiB and 16 MiB\n"));
    EXPECT_THAT(text_with_caches({96, 32, 32}),
                HasSubstr(" 160 MiB of L3 cache in 3 instances of 2 x 32 MiB and 96 MiB\n"));
}

TEST(MachineText, ShowsTheCacheOfTheFirstCpuAsSuch) {
    Machine machine;
    machine.cpu.caches = fact(std::vector{Cache{
        .level = fact(3U), .size_bytes = fact<std::uint64_t>(8U << 20), .shared_by_cpus = {}}});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr(" 8 MiB of L3 cache for the first CPU\n"));
}

TEST(MachineText, ShowsTheKindsOfCores) {
    Machine machine;
    machine.cpu.model = fact<std::string>("Cortex-X925");
    machine.cpu.core_kinds = fact(std::vector<CoreKind>{{"Cortex-X925", 10}, {"Cortex-A725", 10}});
    const std::string text = to_text(machine, plain_style);
    EXPECT_THAT(text, HasSubstr("CPU       Cortex-X925 and Cortex-A725, "));
    EXPECT_THAT(text, HasSubstr("10 Cortex-X925 CPUs and 10 Cortex-A725 CPUs\n"));
    machine.cpu.model = fact<std::string>("Intel(R) Core(TM) Ultra 7 155H");
    machine.cpu.core_kinds = fact(std::vector<CoreKind>{{"P-core", 12}, {"E-core", 1}});
    EXPECT_THAT(to_text(machine, plain_style), HasSubstr("12 P-core CPUs and 1 E-core CPU\n"));
}

TEST(MachineJson, IsTheSameAsTextAndAsADocument) {
    Machine machine = machine_with_gpu();
    machine.cpu.features = fact(std::vector<std::string>{"avx2"});
    EXPECT_EQ(json_text(machine), json::pretty(to_json(machine)));
    EXPECT_THAT(
        json_text(machine),
        HasSubstr("\n        \"driver\": { \"value\": \"nvidia\", \"presence\": \"present\", "
                  "\"source\": \"/made\" },\n"));
}

}  // namespace
}  // namespace trilby::report
