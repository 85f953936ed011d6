// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/gpu_access.hpp"

#include <gmock/gmock.h>

#include "toolbox/made_machines.hpp"

namespace trilby::toolbox {
namespace {

using testing::amd_host;
using ::testing::HasSubstr;
using testing::nvidia_host;
using testing::plan_for;

std::string text_of(const std::vector<GpuAccess>& access, std::string_view what) {
    for (const GpuAccess& one : access) {
        if (one.what == what) {
            return one.text;
        }
    }
    return "";
}

TEST(GpuAccess, IsEmptyIfNoGpuIsNeeded) {
    EXPECT_TRUE(gpu_access(nvidia_host(), plan_for(Gpu::none), ContainerToolKind::toolbox).empty());
}

TEST(GpuAccess, ReportsTheVersionsOfDriverAndLibrary) {
    const auto access =
        gpu_access(nvidia_host(), plan_for(Gpu::nvidia), ContainerToolKind::toolbox);
    EXPECT_EQ(text_of(access, "nodes"), "/dev/nvidia0");
    EXPECT_EQ(text_of(access, "driver"), "nvidia 580.95.05, libcuda.so.1 of 580.95.05");
    EXPECT_THAT(text_of(access, "SELinux"), HasSubstr("enforcing"));
    Machine bare = nvidia_host();
    bare.libraries = testing::fact(std::vector<LibraryFile>());
    bare.device_nodes = testing::fact(std::vector<DeviceNode>());
    const auto bare_access = gpu_access(bare, plan_for(Gpu::nvidia), ContainerToolKind::toolbox);
    EXPECT_THAT(text_of(bare_access, "driver"), HasSubstr("no libcuda.so.1"));
    EXPECT_THAT(text_of(bare_access, "nodes"), HasSubstr("none"));
    EXPECT_EQ(text_of(bare_access, "groups"), "");
}

TEST(GpuAccess, OnlyPodmanNeedsASpecification) {
    Machine machine = nvidia_host();
    EXPECT_THAT(
        text_of(gpu_access(machine, plan_for(Gpu::nvidia), ContainerToolKind::podman), "CDI"),
        HasSubstr("will not start"));
    CdiSpecification specification;
    specification.path = "/etc/cdi/nvidia.yaml";
    specification.kind = testing::fact<std::string>("nvidia.com/gpu");
    machine.cdi_specifications = testing::fact(std::vector{specification});
    EXPECT_EQ(text_of(gpu_access(machine, plan_for(Gpu::nvidia), ContainerToolKind::podman), "CDI"),
              "/etc/cdi/nvidia.yaml");
}

TEST(GpuAccess, GroupsMatterOnlyIfANodeRequiresThem) {
    EXPECT_THAT(text_of(gpu_access(amd_host(0666), plan_for(Gpu::amd), ContainerToolKind::toolbox),
                        "groups"),
                HasSubstr("not needed"));
    EXPECT_THAT(text_of(gpu_access(amd_host(0660), plan_for(Gpu::amd), ContainerToolKind::toolbox),
                        "groups"),
                HasSubstr("lost inside"));
    EXPECT_THAT(text_of(gpu_access(amd_host(0660), plan_for(Gpu::amd), ContainerToolKind::podman),
                        "groups"),
                HasSubstr("keep-groups"));
    ContainerPlan of_root = plan_for(Gpu::amd);
    of_root.is_for_root = true;
    EXPECT_THAT(text_of(gpu_access(amd_host(0660), of_root, ContainerToolKind::podman), "groups"),
                HasSubstr("root can open"));
}

TEST(FindingsInside, AreHostFindingsThatAffectTheGpu) {
    const auto finding = [](const char* id, const char* family, Place place, Severity severity) {
        Finding made;
        made.id = id;
        made.family = family;
        made.place = place;
        made.severity = severity;
        return made;
    };
    const Diagnosis host{
        .findings = {finding("TRL-N010", "nvidia", Place::host, Severity::blocks),
                     finding("TRL-N030", "nvidia", Place::here, Severity::blocks),
                     finding("TRL-P007", "cpu", Place::host, Severity::degrades),
                     finding("TRL-C004", "container", Place::host, Severity::hint)},
        .consequences = {}};
    const auto inside = findings_inside(host);
    ASSERT_EQ(inside.size(), 1U);
    EXPECT_EQ(inside.front().id, "TRL-N010");
}

}  // namespace
}  // namespace trilby::toolbox
