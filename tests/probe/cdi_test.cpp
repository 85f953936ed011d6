// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

constexpr const char* yaml = R"(---
cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
- containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
  name: "0"
containerEdits:
  mounts:
  - containerPath: /usr/lib64/libcuda.so.580.95.05
    hostPath: /usr/lib64/libcuda.so.580.95.05
)";

std::vector<CdiSpecification> specifications_of(const MadeMachine& made) {
    return probe({.root = made.root()}).cdi_specifications.value_or({});
}

TEST(Cdi, ReadsTheKindAndDriverOfASpecification) {
    const MadeMachine made;
    made.write("etc/cdi/nvidia.yaml", yaml);
    made.write("dev/nvidia0", "");
    made.write("usr/lib64/libcuda.so.580.95.05", "");
    const auto found = specifications_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "/etc/cdi/nvidia.yaml");
    EXPECT_EQ(found[0].kind.value_or(""), "nvidia.com/gpu");
    EXPECT_EQ(found[0].driver_version.value_or(""), "580.95.05");
    EXPECT_FALSE(found[0].missing_path);
}

TEST(Cdi, ReportsAListedPathThatDoesNotExist) {
    const MadeMachine made;
    made.write("etc/cdi/nvidia.yaml", yaml);
    made.write("dev/nvidia0", "");
    EXPECT_EQ(specifications_of(made)[0].missing_path.value_or(""),
              "/usr/lib64/libcuda.so.580.95.05");
}

TEST(Cdi, ReportsTheMissingPathThatSaysMost) {
    const MadeMachine made;
    const std::string nodes = "kind: nvidia.com/gpu\n    - path: /dev/nvidia-uvm-tools\n";
    const std::string graphics = "    - path: /dev/dri/renderD129\n";
    const std::string library = "    - hostPath: /usr/lib64/libcuda.so.575.64.05\n";
    struct Case {
        std::string text;
        const char* missing;
    };
    for (const Case& c :
         {Case{nodes, "/dev/nvidia-uvm-tools"}, Case{nodes + graphics, "/dev/dri/renderD129"},
          Case{nodes + library, "/usr/lib64/libcuda.so.575.64.05"},
          Case{nodes + graphics + library, "/usr/lib64/libcuda.so.575.64.05"},
          Case{library + graphics + nodes, "/usr/lib64/libcuda.so.575.64.05"}}) {
        made.write("etc/cdi/nvidia.yaml", c.text);
        EXPECT_EQ(specifications_of(made)[0].missing_path.value_or(""), c.missing) << c.text;
    }
}

TEST(Cdi, AnUnreadablePathIsNotMissing) {
    const MadeMachine made;
    made.write("etc/cdi/nvidia.yaml", yaml);
    made.write("dev/nvidia0", "");
    made.write("trilby-recording.json",
               R"({"recording": 1, "answers": {}, "statuses": {},
                   "denied": ["/usr/lib64/libcuda.so.580.95.05"]})");
    EXPECT_FALSE(specifications_of(made)[0].missing_path);
}

TEST(Cdi, ReadsJsonInTheOtherFolder) {
    const MadeMachine made;
    made.write("run/cdi/amd.json",
               "{\n  \"kind\": \"amd.com/gpu\",\n  \"path\": \"/dev/kfd\"\n}\n");
    const auto found = specifications_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind.value_or(""), "amd.com/gpu");
    EXPECT_EQ(found[0].missing_path.value_or(""), "/dev/kfd");
}

TEST(Cdi, ReadsTheDeviceNumberOfTheUvmNode) {
    const MadeMachine made;
    for (const char* node : {"    - major: 510\n      path: /dev/nvidia-uvm\n",
                             "    - path: /dev/nvidia-uvm\n      major: 510\n"}) {
        made.write(
            "etc/cdi/nvidia.yaml",
            std::string("kind: nvidia.com/gpu\n    - major: 195\n      path: /dev/nvidia0\n") +
                node + "    - major: 7\n");
        EXPECT_EQ(specifications_of(made)[0].uvm_major.value_or(0), 510U) << node;
    }
}

TEST(Cdi, OtherNodesHaveNoUvmNumber) {
    const MadeMachine made;
    made.write("etc/cdi/nvidia.yaml",
               "kind: nvidia.com/gpu\n    - path: /dev/nvidia-uvm\n    - major: 195\n"
               "      path: /dev/nvidia0\n");
    EXPECT_EQ(specifications_of(made)[0].uvm_major.presence(), Presence::absent);
}

TEST(Cdi, AFileWithoutAKindIsMalformed) {
    const MadeMachine made;
    made.write("etc/cdi/nvidia.yaml", "garbage\n");
    made.write("etc/cdi/README", "kind: ignored\n");
    const auto found = specifications_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind.presence(), Presence::malformed);
}

TEST(Cdi, AnUnreadableFileIsDenied) {
    const MadeMachine made;
    made.make_folder("etc/cdi/nvidia.yaml");
    made.write(
        "trilby-recording.json",
        R"({"recording": 1, "answers": {}, "statuses": {}, "denied": ["/etc/cdi/nvidia.yaml"]})");
    EXPECT_EQ(specifications_of(made)[0].kind.presence(), Presence::denied);
}

}  // namespace
}  // namespace trilby
