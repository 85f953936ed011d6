// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/units.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace trilby {
namespace {

using namespace std::chrono_literals;

TEST(FormatBytes, ShowsOneDecimalOnlyBelowTen) {
    EXPECT_EQ(format_bytes(0), "0 B");
    EXPECT_EQ(format_bytes(1023), "1023 B");
    EXPECT_EQ(format_bytes(1536), "1.5 KiB");
    EXPECT_EQ(format_bytes(std::uint64_t{24} << 30), "24 GiB");
    EXPECT_EQ(format_bytes(UINT64_MAX), "16 EiB");
}

TEST(ParseBytes, TakesNumbersWithBinaryUnits) {
    EXPECT_EQ(parse_bytes("0"), 0U);
    EXPECT_EQ(parse_bytes("4096"), 4096U);
    EXPECT_EQ(parse_bytes("4096 B"), 4096U);
    EXPECT_EQ(parse_bytes("1.5k"), 1536U);
    EXPECT_EQ(parse_bytes("500MB"), std::uint64_t{500} << 20);
    EXPECT_EQ(parse_bytes("4G"), std::uint64_t{4} << 30);
    EXPECT_EQ(parse_bytes("2 TiB"), std::uint64_t{2} << 40);
}

TEST(ParseBytes, RefusesOtherText) {
    for (const char* text : {"", "G", "-1", "1X", "1GG", "1iB", "nan", "inf", "1e30", "8388608T"}) {
        EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
    }
}

TEST(FormatDuration, GrowsFromTenthsToHours) {
    EXPECT_EQ(format_duration(0.84s), "0.8 s");
    EXPECT_EQ(format_duration(9.97s), "10 s");
    EXPECT_EQ(format_duration(59.4s), "59 s");
    EXPECT_EQ(format_duration(185s), "3 min 05 s");
    EXPECT_EQ(format_duration(2h + 10min), "2 h 10 min");
}

TEST(FormatCount, GroupsThousands) {
    EXPECT_EQ(format_count(7), "7");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(1000), "1,000");
    EXPECT_EQ(format_count(1234567), "1,234,567");
}

TEST(Counted, HasTheWordForOneOrForMany) {
    EXPECT_EQ(counted(1, "row", "rows"), "1 row");
    EXPECT_EQ(counted(2000, "row", "rows"), "2,000 rows");
    EXPECT_EQ(counted(0, "row", "rows"), "0 rows");
}

TEST(FormatMeasure, HasThreeSignificantDigitsAndNoExponent) {
    EXPECT_EQ(format_measure(0), "0");
    EXPECT_EQ(format_measure(0.1875), "0.188");
    EXPECT_EQ(format_measure(47.52), "47.5");
    EXPECT_EQ(format_measure(999.4), "999");
    EXPECT_EQ(format_measure(999.7), "1,000");
    EXPECT_EQ(format_measure(21351.7), "21,400");
    EXPECT_EQ(format_measure(813700), "814,000");
}

// A report from elsewhere may contain any number.
TEST(FormatMeasure, AcceptsAnyNumber) {
    EXPECT_EQ(format_measure(-5000), "-5e+03");
    EXPECT_EQ(format_measure(1e300), "1e+300");
    EXPECT_EQ(format_measure(HUGE_VAL), "inf");
    EXPECT_EQ(format_measure(NAN), "nan");
}

}  // namespace
}  // namespace trilby
