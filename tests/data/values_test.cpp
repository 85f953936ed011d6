// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/values.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace trilby::data {
namespace {

constexpr double day = 86'400.0;

TEST(ParseDecimal, ReadsNumbersAsTablesHaveThem) {
    EXPECT_EQ(parse_decimal("0"), 0.0);
    EXPECT_EQ(parse_decimal("-12.5"), -12.5);
    EXPECT_EQ(parse_decimal("+3"), 3.0);
    EXPECT_EQ(parse_decimal("1e-3"), 0.001);
    EXPECT_EQ(parse_decimal(".5"), 0.5);
    EXPECT_EQ(parse_decimal("-inf"), -std::numeric_limits<double>::infinity());
}

TEST(ParseDecimal, ReadsCommasAsTheTableUsesThem) {
    EXPECT_EQ(parse_decimal("1,234,567.5", CommaUse::groups), 1'234'567.5);
    EXPECT_EQ(parse_decimal("-12,345", CommaUse::groups), -12'345.0);
    EXPECT_EQ(parse_decimal("3,14", CommaUse::groups), std::nullopt);
    EXPECT_EQ(parse_decimal("1234,567", CommaUse::groups), std::nullopt);
    EXPECT_EQ(parse_decimal("0,123", CommaUse::groups), std::nullopt);
    EXPECT_EQ(parse_decimal("-0,123.5", CommaUse::groups), std::nullopt);
    EXPECT_EQ(parse_decimal("1.234,567", CommaUse::groups), std::nullopt);
    EXPECT_EQ(parse_decimal("3,14", CommaUse::decimal), 3.14);
    EXPECT_EQ(parse_decimal("1,2,3", CommaUse::decimal), std::nullopt);
    EXPECT_EQ(parse_decimal("1.5", CommaUse::decimal), 1.5);
}

TEST(ParseDecimal, ReadsPercentagesAndAmountsOfMoney) {
    EXPECT_EQ(parse_decimal("12.5%"), 12.5);
    EXPECT_EQ(parse_decimal("12,5 %", CommaUse::decimal), 12.5);
    EXPECT_EQ(parse_decimal("$1,234.50"), 1234.5);
    EXPECT_EQ(parse_decimal("1234,50 \u20ac", CommaUse::decimal), 1234.5);
    EXPECT_EQ(parse_decimal("\u00a3 3"), 3.0);
    for (const char* text : {"%", "$", "%5", "$5%", "5 apples"}) {
        EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
    }
}

TEST(ParseDecimal, RefusesWhatIsNotANumberAlone) {
    for (const char* text : {"", " ", "+", "-", "1 2", "12a", "0x10", "nan", "1.2.3", ",", ",5",
                             "1,", "--1", "1e", "12,34"}) {
        EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
    }
}

TEST(IsMissing, KnowsTheUsualWords) {
    for (const char* text : {"", "NA", "n/a", "NaN", "nan", "NULL", "?", "#N/A"}) {
        EXPECT_TRUE(is_missing(text)) << text;
    }
    for (const char* text : {"0", "none", "unknown", "-", "Nadia", "nano"}) {
        EXPECT_FALSE(is_missing(text)) << text;
    }
}

TEST(ParseDate, ReadsTheThreeOrders) {
    EXPECT_EQ(parse_date("1970-01-02", DateOrder::year_first), day);
    EXPECT_EQ(parse_date("1970/1/2", DateOrder::year_first), day);
    EXPECT_EQ(parse_date("02.01.1970", DateOrder::day_first), day);
    EXPECT_EQ(parse_date("1/2/1970", DateOrder::month_first), day);
    EXPECT_EQ(parse_date("1970-02", DateOrder::year_first), 31 * day);
    EXPECT_EQ(parse_date("1969-12-31", DateOrder::year_first), -day);
}

TEST(ParseDate, ReadsTimesAndZones) {
    EXPECT_EQ(parse_date("1970-01-01 01:02:03.5", DateOrder::year_first), 3723.5);
    EXPECT_EQ(parse_date("1970-01-01T13:45Z", DateOrder::year_first), 49'500.0);
    EXPECT_EQ(parse_date("1970-01-01T01:00+01:00", DateOrder::year_first), 0.0);
    EXPECT_EQ(parse_date("1970-01-01T00:00-0130", DateOrder::year_first), 5400.0);
}

TEST(ParseDate, ReadsNamesOfMonths) {
    EXPECT_EQ(parse_date("02-Jan-1970", DateOrder::day_first), day);
    EXPECT_EQ(parse_date("2 January 1970", DateOrder::day_first), day);
    EXPECT_EQ(parse_date("JAN 2, 1970", DateOrder::month_first), day);
    EXPECT_EQ(parse_date("January 2 1970 12:00", DateOrder::month_first), 1.5 * day);
    EXPECT_EQ(parse_date("Sept 1, 1970", DateOrder::month_first),
              parse_date("1970-09-01", DateOrder::year_first));
    EXPECT_EQ(parse_date("2 Ja 1970", DateOrder::day_first), std::nullopt);
    EXPECT_EQ(parse_date("2 Janus 1970", DateOrder::day_first), std::nullopt);
    EXPECT_EQ(parse_date("Jan 2, 1970", DateOrder::day_first), std::nullopt);
}

TEST(ParseDate, ReadsHalvesOfTheDayAndNamesOfZones) {
    EXPECT_EQ(parse_date("1/1/1970 12:00 AM", DateOrder::month_first), 0.0);
    EXPECT_EQ(parse_date("1/1/1970 01:45:10 PM", DateOrder::month_first), 49'510.0);
    EXPECT_EQ(parse_date("1/1/1970 12:30pm", DateOrder::month_first), 45'000.0);
    EXPECT_EQ(parse_date("1/1/1970 13:30 PM", DateOrder::month_first), std::nullopt);
    EXPECT_EQ(parse_date("1/1/1970 0:30 AM", DateOrder::month_first), std::nullopt);
    EXPECT_EQ(parse_date("1970-01-01 13:45 UTC", DateOrder::year_first), 49'500.0);
    EXPECT_EQ(parse_date("1970-01-01 01:00:00 +0100", DateOrder::year_first), 0.0);
}

TEST(ParseDate, ReadsCompactDays) {
    EXPECT_EQ(parse_date("19700102", DateOrder::compact), day);
    EXPECT_EQ(parse_date("19700230", DateOrder::compact), std::nullopt);
    EXPECT_EQ(parse_date("20241301", DateOrder::compact), std::nullopt);
    EXPECT_EQ(parse_date("2024030", DateOrder::compact), std::nullopt);
    EXPECT_EQ(parse_date("99999999", DateOrder::compact), std::nullopt);
    EXPECT_EQ(parse_date("19700102T1345", DateOrder::year_first), day + 49'500.0);
    EXPECT_EQ(parse_date("19700102T134510Z", DateOrder::year_first), day + 49'510.0);
    EXPECT_EQ(parse_date("19700102", DateOrder::year_first), std::nullopt);
}

TEST(ParseDate, TakesTwoDigitsForAYearFrom1969To2068) {
    EXPECT_EQ(parse_date("02/01/70", DateOrder::day_first_short), day);
    EXPECT_EQ(parse_date("1/2/70 13:45", DateOrder::month_first_short), day + 49'500.0);
    EXPECT_EQ(parse_date("01-Mar-24", DateOrder::day_first_short),
              parse_date("2024-03-01", DateOrder::year_first));
    EXPECT_EQ(parse_date("01.03.68", DateOrder::day_first_short),
              parse_date("2068-03-01", DateOrder::year_first));
    EXPECT_EQ(parse_date("01/03/2024", DateOrder::day_first_short), std::nullopt);
    EXPECT_EQ(parse_date("01/03/4", DateOrder::day_first_short), std::nullopt);
}

TEST(ParseClock, ReadsTimesOfADay) {
    EXPECT_EQ(parse_clock("17:24"), 62'640.0);
    EXPECT_EQ(parse_clock("17:24:00.5"), 62'640.5);
    EXPECT_EQ(parse_clock("18.00.00"), 64'800.0);
    EXPECT_EQ(parse_clock("17h24"), 62'640.0);
    EXPECT_EQ(parse_clock("5:24 PM"), 62'640.0);
    EXPECT_EQ(parse_clock("24:00"), day);
    for (const char* const text : {"", "17", "1724", "17.24", "25:00", "17:60", "17:2",
                                   "10.10.10.10", "noon", ":", "17:24 XM"}) {
        EXPECT_EQ(parse_clock(text), std::nullopt) << text;
    }
}

TEST(ParseDate, ReadsNumbers) {
    EXPECT_EQ(parse_date("1970", DateOrder::years), 0.0);
    EXPECT_EQ(parse_date("1704067200", DateOrder::unix_seconds), 1'704'067'200.0);
    EXPECT_EQ(parse_date("1704067200500", DateOrder::unix_milliseconds), 1'704'067'200.5);
    EXPECT_EQ(parse_date("1970.5", DateOrder::years), std::nullopt);
    EXPECT_EQ(parse_date("300", DateOrder::years), std::nullopt);
    EXPECT_EQ(parse_date("300", DateOrder::unix_seconds), std::nullopt);
    EXPECT_EQ(parse_date("1704067200", DateOrder::unix_milliseconds), std::nullopt);
}

TEST(ParseDate, RefusesDaysThatDoNotExistAndTextAfterThem) {
    for (const char* text :
         {"2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32", "2024-01-01x", "2024-01/01",
          "2024", "20240101", "2024-01-01 25:00", "2024-01-01 ", "2024-01-01 10", "", "a"}) {
        EXPECT_EQ(parse_date(text, DateOrder::year_first), std::nullopt) << text;
    }
    EXPECT_EQ(parse_date("13/13/2024", DateOrder::month_first), std::nullopt);
    EXPECT_EQ(parse_date("1/2/24", DateOrder::day_first), std::nullopt);
}

}  // namespace
}  // namespace trilby::data
