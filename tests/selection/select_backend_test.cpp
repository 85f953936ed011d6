// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"
#include <trilby/selection.hpp>

namespace trilby {
namespace {

using testing::fact;
using ::testing::HasSubstr;

PciDevice gpu(std::uint16_t vendor, const std::string& driver) {
    PciDevice device;
    device.address = "0000:01:00.0";
    device.vendor_id = fact(vendor);
    device.device_id = fact<std::uint16_t>(vendor == 0x10de ? 0x2684 : 0x744c);
    device.driver = fact(driver);
    return device;
}

DeviceNode node(const std::string& path, bool may_open = true) {
    DeviceNode made;
    made.path = path;
    made.may_open = fact(may_open);
    return made;
}

InstalledBackend installed(const std::string& name, std::int64_t abi = 1) {
    return {"/backends/trilby-backend-" + name + ".json", name,
            Manifest{name, "trilby-backend-" + name + ".so", abi, "0.1.0", "2.8.0"}};
}

/// The same, compiled only for these GPUs.
InstalledBackend installed_for(const std::string& name, std::vector<std::string> gpu_targets) {
    InstalledBackend made = installed(name);
    made.manifest->gpu_targets = std::move(gpu_targets);
    return made;
}

KfdNode kfd_node(const std::string& gfx_target) {
    KfdNode made;
    made.pci_address = fact<std::string>("0000:01:00.0");
    made.gfx_target = fact(gfx_target);
    return made;
}

/// NVML's description of a GPU.
Runtime nvml_with(const std::string& compute_capability) {
    RuntimeDevice device;
    device.pci_address = fact<std::string>("0000:01:00.0");
    device.architecture = fact(compute_capability);
    Runtime made;
    made.name = "nvml";
    made.devices = fact(std::vector{device});
    return made;
}

LibraryFile library(const std::string& name, const std::string& version) {
    return {.name = name, .path = "/usr/lib64/" + name, .version = fact(version)};
}

struct World {
    std::vector<PciDevice> devices;
    std::vector<std::string> drivers;
    std::vector<DeviceNode> nodes;
    std::vector<DrmNode> drm;
    std::vector<KfdNode> kfd;
    std::vector<Runtime> runtimes;
    std::vector<LibraryFile> libraries{library("libcuda.so.1", "580.95.05")};
    std::vector<InstalledBackend> backends{installed("cpu"), installed("cuda"), installed("rocm")};
    Machine machine() const {
        Machine made;
        std::vector<KernelDriver> loaded;
        for (const std::string& name : drivers) {
            loaded.push_back({name, fact<std::string>("580.95.05"), {}});
        }
        made.pci_devices = fact(devices);
        made.drivers = fact(loaded);
        made.device_nodes = fact(nodes);
        made.drm_nodes = fact(drm);
        made.kfd_nodes = fact(kfd);
        made.runtimes = fact(runtimes);
        made.libraries = fact(libraries);
        made.environment.files = {{"/usr/bin/nvidia-modprobe", fact(false)}};
        return made;
    }
    Selection select(const std::optional<std::string>& wanted = std::nullopt) const {
        return select_backend(
            machine(), fact(backends),
            wanted ? std::optional(BackendOverride{*wanted, "TRILBY_BACKEND"}) : std::nullopt);
    }
};

World nvidia_machine() {
    World world;
    world.devices = {gpu(0x10de, "nvidia")};
    world.drivers = {"nvidia", "nvidia_uvm"};
    world.nodes = {node("/dev/nvidia0"), node("/dev/nvidiactl"), node("/dev/nvidia-uvm")};
    return world;
}

World amd_machine() {
    World world;
    world.devices = {gpu(0x1002, "amdgpu")};
    world.drivers = {"amdgpu"};
    world.nodes = {node("/dev/kfd")};
    world.drm = {
        {"renderD128", fact<std::string>("0000:01:00.0"), fact(node("/dev/dri/renderD128"))}};
    world.kfd = {kfd_node("gfx1100")};
    return world;
}

struct Decision {
    const char* title;
    World (*start)();
    std::function<void(World&)> change;
    const char* backend;  ///< must miss `missed`; usable if that is empty
    const char* missed;
    const char* chosen;
};

World bare_machine() {
    return {};
}

class Decisions : public ::testing::TestWithParam<Decision> {};

TEST_P(Decisions, FollowTheFacts) {
    World world = GetParam().start();
    GetParam().change(world);
    const Selection selection = world.select();
    ASSERT_TRUE(selection.choice);
    EXPECT_EQ(selection.choice->name, GetParam().chosen);
    for (const Candidate& candidate : selection.candidates) {
        if (candidate.name == GetParam().backend) {
            const Requirement* missed = candidate.first_missed();
            EXPECT_EQ(missed == nullptr ? "" : missed->id, GetParam().missed);
            EXPECT_EQ(missed == nullptr, candidate.is_usable());
        }
    }
}

void nothing(World&) {}

INSTANTIATE_TEST_SUITE_P(
    Table, Decisions,
    ::testing::Values(
        Decision{"no_gpu", bare_machine, nothing, "cuda", "nvidia-gpu", "cpu"},
        Decision{"nvidia", nvidia_machine, nothing, "cuda", "", "cuda"},
        Decision{"nvidia_without_driver", nvidia_machine, [](World& w) { w.drivers = {}; }, "cuda",
                 "nvidia-driver", "cpu"},
        Decision{"nouveau", nvidia_machine,
                 [](World& w) {
                     w.drivers = {"nouveau"};
                     w.devices = {gpu(0x10de, "nouveau")};
                 },
                 "cuda", "nvidia-driver", "cpu"},
        Decision{"no_control_node", nvidia_machine,
                 [](World& w) { w.nodes = {node("/dev/nvidia0")}; }, "cuda", "nvidia-control-node",
                 "cpu"},
        Decision{"only_the_second_gpu", nvidia_machine,
                 [](World& w) { w.nodes[0] = node("/dev/nvidia1"); }, "cuda", "", "cuda"},
        Decision{"device_node_denied", nvidia_machine,
                 [](World& w) { w.nodes[0] = node("/dev/nvidia0", false); }, "cuda",
                 "nvidia-device-node", "cpu"},
        Decision{"no_uvm", nvidia_machine, [](World& w) { w.nodes.pop_back(); }, "cuda",
                 "nvidia-uvm-node", "cpu"},
        Decision{"cuda_not_installed", nvidia_machine,
                 [](World& w) { w.backends = {installed("cpu")}; }, "cuda", "module-installed",
                 "cpu"},
        Decision{"cuda_of_another_abi", nvidia_machine,
                 [](World& w) { w.backends[1] = installed("cuda", 2); }, "cuda", "module-abi",
                 "cpu"},
        Decision{"amd", amd_machine, nothing, "rocm", "", "rocm"},
        Decision{"amd_with_radeon_driver", amd_machine,
                 [](World& w) { w.devices = {gpu(0x1002, "radeon")}; }, "rocm", "amdgpu-driver",
                 "cpu"},
        Decision{"no_kfd", amd_machine, [](World& w) { w.nodes = {}; }, "rocm", "kfd-node", "cpu"},
        Decision{"kfd_denied", amd_machine, [](World& w) { w.nodes = {node("/dev/kfd", false)}; },
                 "rocm", "kfd-node", "cpu"},
        Decision{"render_node_of_another_gpu", amd_machine,
                 [](World& w) { w.drm[0].pci_address = fact<std::string>("0000:09:00.0"); }, "rocm",
                 "render-node", "cpu"},
        Decision{"render_node_denied", amd_machine,
                 [](World& w) { w.drm[0].node = fact(node("/dev/dri/renderD128", false)); }, "rocm",
                 "render-node", "cpu"},
        Decision{"rocm_for_this_gpu", amd_machine,
                 [](World& w) {
                     w.kfd = {kfd_node("gfx1030"), kfd_node("gfx1100")};
                     w.backends[2] = installed_for("rocm", {"gfx90a", "gfx1100"});
                 },
                 "rocm", "", "rocm"},
        Decision{"rocm_for_other_gpus", amd_machine,
                 [](World& w) {
                     w.kfd = {kfd_node("gfx1030")};
                     w.backends[2] = installed_for("rocm", {"gfx90a", "gfx1100"});
                 },
                 "rocm", "module-gpu-code", "cpu"},
        Decision{"rocm_for_an_unknown_gpu", amd_machine,
                 [](World& w) {
                     w.kfd = {kfd_node("gfx1100")};
                     w.kfd[0].gfx_target = Observed<std::string>();
                     w.kfd[0].compute_units = fact<std::uint32_t>(96);
                     w.backends[2] = installed_for("rocm", {"gfx90a"});
                 },
                 "rocm", "", "rocm"},
        Decision{"kfd_lists_no_gpu", amd_machine, [](World& w) { w.kfd = {}; }, "rocm", "kfd-gpu",
                 "cpu"},
        Decision{"kfd_lists_only_integrated_graphics", amd_machine,
                 [](World& w) { w.kfd = {kfd_node("gfx1036")}; }, "rocm", "kfd-gpu", "cpu"},
        Decision{"cuda_library_of_another_release", nvidia_machine,
                 [](World& w) { w.libraries = {library("libcuda.so.1", "590.48.01")}; }, "cuda",
                 "no-blocking-condition", "cpu"},
        Decision{"no_cuda_library", nvidia_machine, [](World& w) { w.libraries = {}; }, "cuda",
                 "nvidia-cuda-library", "cpu"},
        Decision{"cuda_for_this_gpu_by_its_ptx", nvidia_machine,
                 [](World& w) {
                     w.runtimes = {nvml_with("12.0")};
                     w.backends[1] = installed_for("cuda", {"sm_80", "compute_90"});
                 },
                 "cuda", "", "cuda"},
        Decision{"cuda_for_other_gpus", nvidia_machine,
                 [](World& w) {
                     w.runtimes = {nvml_with("7.0")};
                     w.backends[1] = installed_for("cuda", {"sm_80", "compute_90"});
                 },
                 "cuda", "module-gpu-code", "cpu"}),
    [](const auto& the_case) { return std::string(the_case.param.title); });

TEST(SelectBackend, ReportsAGpuBoundToNouveau) {
    World world = nvidia_machine();
    world.drivers = {"nouveau"};
    world.devices = {gpu(0x10de, "nouveau")};
    const Selection selection = world.select();
    const Requirement* missed = selection.candidates.front().first_missed();
    ASSERT_NE(missed, nullptr);
    EXPECT_THAT(missed->evidence, HasSubstr("nouveau instead of nvidia"));
}

TEST(SelectBackend, PrefersCudaThenRocmThenCpu) {
    World world = nvidia_machine();
    world.devices.push_back(gpu(0x1002, "amdgpu"));
    EXPECT_EQ(world.select().choice->name, "cuda");
    EXPECT_EQ(world.select().candidates.back().name, "cpu");
}

TEST(SelectBackend, UnknownFactsDoNotRuleOutABackend) {
    const std::vector<InstalledBackend> backends{installed("cuda"), installed("cpu")};
    const Selection selection = select_backend(Machine{}, fact(backends), std::nullopt);
    EXPECT_TRUE(selection.candidates.front().is_usable());
    EXPECT_EQ(selection.candidates.front().requirements.front().answer, Answer::unknown);
}

TEST(Override, IsUsedInsteadOfABetterBackend) {
    const Selection selection = nvidia_machine().select("cpu");
    ASSERT_TRUE(selection.choice);
    EXPECT_EQ(selection.choice->name, "cpu");
}

TEST(Override, IsRefusedWithTheFirstMissedRequirement) {
    const Selection selection = nvidia_machine().select("rocm");
    ASSERT_FALSE(selection.choice);
    EXPECT_EQ(selection.choice.error().code, ErrorCode::unavailable);
    EXPECT_THAT(selection.choice.error().message, HasSubstr("no AMD GPU"));
}

TEST(Override, WithAnUnknownNameSuggestsAKnownOne) {
    const Selection selection = nvidia_machine().select("cudda\x1b[31m");
    ASSERT_FALSE(selection.choice);
    EXPECT_EQ(selection.choice.error().code, ErrorCode::usage);
    EXPECT_THAT(selection.choice.error().message, HasSubstr("\\x1b"));
    EXPECT_THAT(nvidia_machine().select("cudda").choice.error().message,
                HasSubstr("did you mean 'cuda'?"));
    EXPECT_THAT(selection.choice.error().hint, HasSubstr("cuda, rocm, cpu"));
}

TEST(SelectBackend, ReportsWhatTheCpuLacksIfNoBackendIsUsable) {
    World world;
    world.backends = {};
    const Selection selection = world.select();
    ASSERT_FALSE(selection.choice);
    EXPECT_EQ(selection.choice.error().code, ErrorCode::unavailable);
    EXPECT_THAT(selection.choice.error().message, HasSubstr("trilby-backend-cpu.json"));
    EXPECT_THAT(selection.choice.error().hint, HasSubstr("trilby-backend-cpu"));
}

TEST(SelectBackend, ReportsManifestsThatItCannotUse) {
    World world;
    world.backends.push_back(installed("xpu"));
    world.backends.push_back(
        {"/backends/trilby-backend-tpu.json", "tpu", failure(ErrorCode::bad_data, "broken")});
    EXPECT_EQ(world.select().ignored.size(), 2U);
}

}  // namespace
}  // namespace trilby
