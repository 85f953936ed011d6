// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/known_words.hpp"

#include <gtest/gtest.h>

#include "probe/sources.hpp"
#include "recording/recorder.hpp"
#include "recording/redaction.hpp"
#include "support/made_machine.hpp"

namespace trilby::recording {
namespace {

TEST(KnownWords, AreThoseOfPathsVersionsAndModels) {
    for (const char* word : {"nvidia", "NVIDIA", "libcuda", "580", "fc43", "gfx90a", "580xx", "x86",
                             "0x10de", "redacted12"}) {
        EXPECT_TRUE(is_known_word(word)) << word;
    }
}

TEST(KnownWords, AreNoNamesAndNoIdentifiers) {
    for (const char* word : {"ada", "Lovelace", "wren", "8932f937", "365628c172834d70", "1320319",
                             "PF1A2B3C", "a123b45c", "4f2a9c", "0x1320319", "s3cr3t", "\xc3\xa4"}) {
        EXPECT_FALSE(is_known_word(word)) << word;
    }
}

/// A path that the probe builds from its own words must not change, or the file would be lost.
TEST(KnownWords, HaveEveryWordOfThePathsThatTheProbeTries) {
    const testing::MadeMachine made;
    for (const char* folder :
         {"run/host/etc", "run/host/dev", "dev", "sys/devices/system/cpu/cpu0",
          "lib/modules/6.17.5-300.fc43.x86_64", "proc/driver/nvidia/gpus",
          "usr/lib/x86_64-linux-gnu", "usr/lib64/python3.14/site-packages", "sys/module/nvidia",
          "sys/module/amdgpu", "sys/class/kfd/kfd/topology/nodes/1",
          "usr/libexec/gcc/x86_64-redhat-linux/15"}) {
        made.make_folder(folder);
    }
    made.write("run/.containerenv", "");
    made.write("proc/self/cgroup", "0::/user.slice\n4:cpu,cpuacct:/\n5:memory:/\n");
    made.write("usr/lib64/python3.14/site-packages/torch/lib/libtorch_cpu.so", "");
    made.add(
        {.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c", .driver = "amdgpu"});
    made.write("sys/class/kfd/kfd/topology/nodes/1/properties", "simd_count 192\n");
    made.write("proc/driver/nvidia/gpus/0000:01:00.0/information", "Device Minor: 0\n");
    Recorder recorder;
    static_cast<void>(sources::read_machine(platform::FileTree(made.root(), &recorder), {}));
    Redaction redaction({});
    for (const std::string& path : recorder.absent) {
        EXPECT_EQ(redaction.path(path), path);
    }
    for (const auto& [path, status] : recorder.notes.statuses) {
        EXPECT_EQ(redaction.path(path), path);
    }
    for (const auto& [path, content] : recorder.contents) {
        EXPECT_EQ(redaction.path(path), path);
    }
}

}  // namespace
}  // namespace trilby::recording
