// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>

#include "probe/sources.hpp"
#include "recording/recorder.hpp"
#include "support/planted_secrets.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::IsEmpty;
using testing::MadeMachine;
using testing::TemporaryFolder;

void expect_no_secret_in_recording_of(const MadeMachine& made) {
    made.write("proc/sys/kernel/hostname", "kite\n");
    made.write("etc/passwd", "lovelace:x:1000:1000:Ada:/home/lovelace:/bin/sh\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_THAT(testing::secrets_in(testing::all_names_and_contents(folder / "copy")), IsEmpty());
}

void make_links(const MadeMachine& made) {
    made.link("sys/bus/pci/devices/0000:01:00.0", "../../../devices/pci0000:00/0000:01:00.0");
    made.link("sys/devices/pci0000:00/0000:01:00.0/driver", "../../../bus/pci/drivers/nvidia");
}

TEST(Secrets, AreInNoFileOfARecording) {
    const MadeMachine made;
    testing::plant_in_files(made);
    make_links(made);
    expect_no_secret_in_recording_of(made);
}

TEST(Secrets, AreInNoNameOfARecording) {
    const MadeMachine made;
    testing::plant_in_names(made);
    make_links(made);
    expect_no_secret_in_recording_of(made);
}

/// Otherwise the tests above would prove nothing.
TEST(Secrets, AreInFilesThatTheProbeReads) {
    const MadeMachine made;
    testing::plant_in_names(made);
    make_links(made);
    recording::Recorder recorder;
    static_cast<void>(
        sources::read_machine(platform::FileTree(made.root(), &recorder), std::nullopt));
    std::string read;
    for (const auto& [path, content] : recorder.contents) {
        read += path + "\n";
    }
    for (const auto& [path, content] : testing::read_files()) {
        const std::string name = std::filesystem::path(path).filename().native();
        EXPECT_NE(read.find("/" + name + "\n"), std::string::npos) << path;
    }
}

}  // namespace
}  // namespace trilby
