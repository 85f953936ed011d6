// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/redaction.hpp"

#include <gtest/gtest.h>

namespace trilby::recording {
namespace {

TEST(Redaction, KeepsTheShapeOfUuids) {
    Redaction redaction({});
    EXPECT_EQ(redaction.identifiers("GPU-4f2a9c11-0000-4abc-8def-112233445566 ok"),
              "GPU-00000000-0000-0000-0000-000000000001 ok");
}

TEST(Redaction, ReplacesAWordTheSameWayEverywhere) {
    Redaction redaction({});
    const std::string first = redaction.identifiers("52:54:00:aa:bb:cc");
    const std::string second = redaction.identifiers("52:54:00:aa:bb:cd");
    EXPECT_EQ(first, "00:00:00:00:00:01");
    EXPECT_EQ(second, "00:00:00:00:00:02");
    EXPECT_EQ(redaction.identifiers("52:54:00:aa:bb:cc"), first);
}

TEST(Redaction, ReplacesContainerIds) {
    Redaction redaction({});
    const std::string id(64, 'a');
    EXPECT_EQ(redaction.identifiers("/docker/" + id + "/x"),
              "/docker/" + std::string(63, '0') + "1/x");
}

TEST(Redaction, KeepsNumbersThatIdentifyNobody) {
    Redaction redaction({});
    for (const char* text : {"0000:03:00.0", "0x1002", "580.95.05", "deadbeef", "MemTotal: 123 kB",
                             "0x0000000000000000 0x0000000000000fff 0x00040200"}) {
        EXPECT_EQ(redaction.identifiers(text), text);
    }
}

TEST(Redaction, ReplacesNamesOnlyAsWholeWords) {
    Redaction redaction({"ada", "", "wren.example.org"});
    EXPECT_EQ(redaction.names("/home/ada/canada/ada-1"), "/home/redacted/canada/redacted-1");
    EXPECT_EQ(redaction.names("wren.example.org"), "redacted");
}

TEST(Redaction, RecognizesSerialNumbersByTheirKey) {
    Redaction redaction({});
    EXPECT_EQ(redaction.serial_numbers("simd_count 192\nunique_id 1234567890123\n"),
              "simd_count 192\nunique_id 0000000000001\n");
    EXPECT_EQ(redaction.serial_numbers("Serial\t: 42AB\nModel : X"), "Serial\t: 0002\nModel : X");
}

TEST(Redaction, KeepsTheSerialNumberZero) {
    Redaction redaction({});
    EXPECT_EQ(redaction.serial_numbers("unique_id 0\n"), "unique_id 0\n");
}

TEST(Redaction, ReplacesNamesInPathsOutsideSystemFolders) {
    Redaction redaction({"ada", "renderD128"});
    EXPECT_EQ(redaction.path("/home/ada/venv"), "/home/redacted/venv");
    EXPECT_EQ(redaction.path("/sys/fs/cgroup/ada.slice"), "/sys/fs/cgroup/redacted.slice");
    for (const char* path : {"/dev/dri/renderD128", "/usr/lib64/ada/x", "../ada", ""}) {
        EXPECT_EQ(redaction.path(path), path);
    }
}

}  // namespace
}  // namespace trilby::recording
