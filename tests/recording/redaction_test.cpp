// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/redaction.hpp"

#include <gtest/gtest.h>

namespace trilby::recording {
namespace {

TEST(Redaction, ReplacesAWordTheSameWayEverywhere) {
    Redaction redaction({});
    const std::string first = redaction.words("52:54:00:aa:bb:cc");
    const std::string second = redaction.words("52:54:00:aa:bb:cd");
    EXPECT_NE(first, second);
    EXPECT_EQ(redaction.words("52:54:00:aa:bb:cc"), first);
    EXPECT_EQ(redaction.path("/opt/52:54:00:aa:bb:cd/lib"), "/opt/" + second + "/lib");
}

TEST(Redaction, ReplacesIdentifiersAsAWhole) {
    for (const char* identifier :
         {"4f2a9c11-0000-4abc-8def-112233445566", "12345678-1234-1234-1234-123456789012",
          "52:54:00:12:34:56", "52-54-00-12-34-56", "10.0.0.5", "192.168.178.21", "fe80::5054:1",
          "2001:db8:1:2:3:4:5:6", "::ffff:10.0.0.5"}) {
        Redaction redaction({});
        const std::string text = std::string("on ") + identifier + "/24";
        EXPECT_EQ(redaction.words(text).find(identifier), std::string::npos);
        EXPECT_TRUE(redaction.words(text).starts_with("on redacted1")) << redaction.words(text);
    }
}

TEST(Redaction, KeepsNumbersThatIdentifyNobody) {
    Redaction redaction({});
    for (const char* text : {"0000:03:00.0", "0000:bd:0c.7", "pci0000:bd", "0x1002", "580.95.05",
                             "0::/", "libcudnn.so.9.1.0.70", "5.15.167.4-microsoft-standard-WSL2",
                             "0-15,32-47", "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"}) {
        EXPECT_EQ(redaction.words(text), text);
    }
}

TEST(Redaction, ReplacesJoinedNamesInAnyCase) {
    Redaction redaction({});
    for (const char* text : {"lovelace_gpu", "gpu_LOVELACE", "gpu-Lovelace.conf"}) {
        EXPECT_EQ(redaction.words(text).find("ovelace"), std::string::npos);
        EXPECT_EQ(redaction.words(text).find("OVELACE"), std::string::npos);
    }
}

TEST(Redaction, ReplacesTheNameOfAHomeThoughItIsAWord) {
    Redaction redaction({});
    EXPECT_EQ(redaction.path("/home/max/venv/lib64"), "/home/redacted1/venv/lib64");
    EXPECT_EQ(redaction.path("/sys/fs/cgroup/memory.max"), "/sys/fs/cgroup/memory.max");
}

TEST(Redaction, KeepsItsOwnReplacements) {
    Redaction redaction({});
    EXPECT_EQ(redaction.words("/home/redacted7/redacted8"), "/home/redacted7/redacted8");
}

TEST(Redaction, KeepsWhatVendorsWrite) {
    Redaction redaction({"ada"});
    for (const char* text :
         {"AMD Ryzen 9 7950X 16-Core Processor", "Intel(R) Xeon(R) CPU @ 2.40GHz",
          "Navi 31 [Radeon RX 7900 XT/7900 XTX]", "94.20.10.40.5D",
          "Standard PC (Q35 + ICH9, 2009)"}) {
        EXPECT_EQ(redaction.prose(text), text);
    }
}

TEST(Redaction, ReplacesPersonalDataInWhatVendorsWrite) {
    Redaction redaction({"ada", "", "wren.example.org"});
    EXPECT_EQ(redaction.prose("Ada's card on WREN"), "redacted1's card on redacted2");
    EXPECT_EQ(redaction.prose("cannot open '/srv/kite/lib64': code 3"),
              "cannot open '/srv/redacted3/lib64': code 3");
    EXPECT_EQ(redaction.prose("mail kite@heron.org"), "mail redacted3@redacted4.org");
    EXPECT_EQ(redaction.prose("GPU-4f2a9c11-0000-4abc-8def-112233445566"), "GPU-redacted5");
}

TEST(Redaction, RenamesAFile) {
    Redaction redaction({});
    redaction.rename("/etc/ld.so.conf.d/kite.conf", "00001.conf");
    EXPECT_EQ(redaction.path("/etc/ld.so.conf.d/kite.conf"), "/etc/ld.so.conf.d/00001.conf");
    EXPECT_EQ(redaction.path("/etc/ld.so.conf.d"), "/etc/ld.so.conf.d");
}

}  // namespace
}  // namespace trilby::recording
