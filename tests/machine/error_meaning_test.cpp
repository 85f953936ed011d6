// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/errors/error_meaning.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ErrorMeaning meaning(const std::string& counter) {
    const auto found = error_meaning(counter);
    EXPECT_TRUE(found) << counter;
    return found.value_or(ErrorMeaning{});
}

TEST(ErrorMeaning, AnXidOfTheHardwareNamesTheFaultAndTheRepair) {
    const ErrorMeaning lost = meaning("Xid 79");
    EXPECT_EQ(lost.origin, ErrorOrigin::hardware);
    EXPECT_EQ(lost.meaning, "the GPU no longer answers on the PCI Express bus");
    EXPECT_THAT(lost.remedy, AllOf(HasSubstr("turn the machine off"), HasSubstr("check the card's "
                                                                                "seat")));
    EXPECT_TRUE(is_fault_of_device("Xid 79"));
}

TEST(ErrorMeaning, AnXidOfAProgramIsNotAFaultOfTheDevice) {
    for (const int number : {13, 31, 43, 45, 137}) {
        const std::string counter = fmt::format("Xid {}", number);
        EXPECT_EQ(meaning(counter).origin, ErrorOrigin::program) << counter;
        EXPECT_FALSE(is_fault_of_device(counter)) << counter;
        EXPECT_THAT(meaning(counter).remedy, HasSubstr("no action is needed")) << counter;
    }
}

// The action that NVIDIA's catalog gives for each.
TEST(ErrorMeaning, XidsHaveTheActionsOfTheCatalog) {
    for (const int number :
         {46, 48, 62, 64, 74, 95, 109, 119, 120, 136, 140, 143, 149, 150, 155, 156, 158}) {
        EXPECT_THAT(meaning(fmt::format("Xid {}", number)).remedy, HasSubstr("--gpu-reset"))
            << number;
    }
    EXPECT_THAT(meaning("Xid 54").remedy, StartsWith("check the card's seat"));
    EXPECT_THAT(meaning("Xid 78").remedy, StartsWith("update the driver"));
    EXPECT_THAT(meaning("Xid 94").remedy, StartsWith("start the program again"));
    EXPECT_THAT(meaning("Xid 154").remedy, HasSubstr("kernel log"));
    EXPECT_THAT(meaning("Xid 63").remedy, StartsWith("reset the GPU when nothing uses it"));
}

TEST(ErrorMeaning, RangesOfXidsIncludeTheirEnds) {
    for (const int number : {39, 40, 41, 126, 135}) {
        EXPECT_EQ(meaning(fmt::format("Xid {}", number)).meaning, "a copy engine of the GPU failed")
            << number;
    }
    EXPECT_NE(meaning("Xid 42").meaning, "a copy engine of the GPU failed");
}

TEST(ErrorMeaning, AnUnknownXidIsSaidToBeUnknownAndCountsAgainstTheDevice) {
    EXPECT_THAT(meaning("Xid 9999").meaning, HasSubstr("not in Trilby's list"));
    EXPECT_TRUE(is_fault_of_device("Xid 9999"));
    EXPECT_THAT(meaning("Xid 18446744073709551615").meaning, HasSubstr("not in Trilby's list"));
}

TEST(ErrorMeaning, PciExpressErrorsAreKnownByTheKernelsNames) {
    for (const char* name : {"RxErr", "BadTLP", "BadDLLP", "Rollover", "Timeout", "NonFatalErr",
                             "CorrIntErr", "HeaderOF"}) {
        EXPECT_THAT(meaning(fmt::format("PCIe {}, corrected", name)).meaning,
                    AllOf(EndsWith("the link repaired it"), Not(HasSubstr("not in Trilby's list"))))
            << name;
    }
    for (const char* name : {"Undefined",
                             "DLP",
                             "SDES",
                             "TLP",
                             "FCP",
                             "CmpltTO",
                             "CmpltAbrt",
                             "UnxCmplt",
                             "RxOF",
                             "MalfTLP",
                             "ECRC",
                             "UnsupReq",
                             "ACSViol",
                             "UncorrIntErr",
                             "BlockedTLP",
                             "AtomicOpBlocked",
                             "TLPBlockedErr",
                             "PoisonTLPBlocked",
                             "DMWrReqBlocked",
                             "IDECheck",
                             "MisIDETLP",
                             "PCRC_CHECK",
                             "TLPXlatBlocked"}) {
        EXPECT_THAT(meaning(fmt::format("PCIe {}, fatal", name)).meaning,
                    Not(HasSubstr("not in Trilby's list")))
            << name;
    }
    EXPECT_THAT(meaning("PCIe Novel, fatal").meaning, HasSubstr("not in Trilby's list"));
}

TEST(ErrorMeaning, TheSeverityOfAPciExpressErrorDecidesWhatToDoFirst) {
    EXPECT_THAT(meaning("PCIe DLP, fatal").remedy, HasSubstr("reboot"));
    EXPECT_THAT(meaning("PCIe CmpltTO, not fatal").remedy, StartsWith("start the program again"));
    EXPECT_THAT(meaning("PCIe BadTLP, corrected").remedy, StartsWith("no action is needed now"));
}

TEST(ErrorMeaning, RasErrorsAreKnownByBlockAndKind) {
    for (const char* block : {"umc",       "sdma", "gfx",  "mmhub", "athub", "pcie_bif", "hdp",
                              "xgmi_wafl", "df",   "smn",  "sem",   "mp0",   "mp1",      "fuse",
                              "mca",       "vcn",  "jpeg", "ih",    "mpio",  "mmsch"}) {
        for (const char* kind : {"corrected", "not corrected", "deferred"}) {
            const std::string counter = fmt::format("RAS {}, {}", block, kind);
            EXPECT_THAT(meaning(counter).meaning, Not(HasSubstr("not in Trilby's list")))
                << counter;
        }
    }
    EXPECT_THAT(meaning("RAS umc, not corrected").remedy,
                AllOf(HasSubstr("amd-smi reset"), HasSubstr("RMA")));
    EXPECT_THAT(meaning("RAS umc, corrected").remedy, StartsWith("no action is needed now"));
    EXPECT_THAT(meaning("RAS novel, deferred").meaning, HasSubstr("not in Trilby's list"));
}

TEST(ErrorMeaning, CountersOfAKindHaveTheirOwnMeaning) {
    EXPECT_THAT(meaning("memory errors, not corrected").remedy, HasSubstr("memory module"));
    EXPECT_THAT(meaning("machine checks, fatal").meaning, HasSubstr("machine check"));
    EXPECT_THAT(meaning("bad pages, pending").remedy, HasSubstr("reset"));
    EXPECT_THAT(meaning("card errors, corrected").meaning, HasSubstr("corrected"));
    EXPECT_THAT(meaning("link replays").meaning, HasSubstr("sent again"));
}

TEST(ErrorMeaning, OtherTextHasNoMeaning) {
    for (const char* text :
         {"", "Xid", "Xid ", "Xid -1", "Xid 79x", "PCIe BadTLP", "PCIe , ", "PCIe BadTLP, repaired",
          "RAS umc", "RAS umc, ", "memory errors", "memory errors, corrected "}) {
        EXPECT_FALSE(error_meaning(text)) << text;
        EXPECT_TRUE(is_fault_of_device(text)) << text;
    }
}

TEST(ErrorMeaning, EveryRemedyIsAnImperativeInLowerCase) {
    for (int number = 1; number < 200; ++number) {
        const ErrorMeaning one = meaning(fmt::format("Xid {}", number));
        EXPECT_THAT(one.remedy, Not(AnyOf(EndsWith("."), EndsWith("; "), ::testing::IsEmpty())));
        EXPECT_TRUE(one.remedy[0] >= 'a' && one.remedy[0] <= 'z') << one.remedy;
    }
}

TEST(ErrorOrigin, HasAName) {
    EXPECT_EQ(error_origin_name(ErrorOrigin::driver_or_hardware), "driver or hardware");
    EXPECT_EQ(error_origin_name(ErrorOrigin::notice), "notice");
}

TEST(ErrorMeaning, OnlyWhatWasRepairedMayHappenToAHealthyDevice) {
    for (const char* counter : {"memory errors, corrected", "card errors, corrected",
                                "RAS gfx, corrected", "PCIe RxErr, corrected", "link replays"}) {
        EXPECT_EQ(meaning(counter).most_per_minute, 8U) << counter;
    }
    for (const char* counter :
         {"memory errors, not corrected", "card errors, not corrected", "RAS gfx, deferred",
          "PCIe DLP, fatal", "PCIe TLP, not fatal", "machine checks, deferred",
          "bad pages, retired", "Xid 79", "Xid 92"}) {
        EXPECT_EQ(meaning(counter).most_per_minute, 0U) << counter;
    }
}

}  // namespace
}  // namespace trilby
