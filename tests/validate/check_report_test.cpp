// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;

CheckReport full_report() {
    CheckReport report;
    report.verdict = Verdict::fail;
    report.message = "1 of 9 values is wrong";
    report.rounds = 3;
    report.values_compared = 9;
    report.values_wrong = 1;
    report.mismatches = {{"matmul float32 [0, 1]", "1", "2", "3f800000", "40000000"}};
    report.covered = {"matmul float32"};
    report.lacking = {"matmul float16"};
    report.measurements = {{"triad", "GB/s", 30.5, 20.0, "the median", 31.5}};
    report.series = {{"triad", "size", "GB/s", {{1, 2}, {3, 4}}}};
    report.faults_injected = 1;
    return report;
}

/// The report as a worker sends it.
Result<CheckReport> parse(const json::object& document) {
    return parse_check_report(*json::parse_object(json::serialize(document), "test"), "test");
}

TEST(CheckReport, SurvivesARoundTrip) {
    const auto read = parse(to_json(full_report()));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(to_json(*read), to_json(full_report()));
    EXPECT_EQ(read->measurements.at(0).least, 20.0);
    EXPECT_EQ(read->measurements.at(0).unshared, 31.5);
    EXPECT_EQ(read->series.at(0).points.at(1).second, 4);
}

TEST(CheckReport, HasDigestsIfTheBackendSendsThem) {
    CheckReport report = full_report();
    EXPECT_EQ(parse(to_json(report))->digests, std::nullopt);
    report.digests = {{.round = 2, .inputs = "0a", .results = "0b"}};
    const auto read = parse(to_json(report));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->digests, report.digests);
}

TEST(CheckReport, RefusesDigestsThatAreNone) {
    for (const char* const wrong :
         {"3", "[3]", "[{}]", R"([{"round": -1, "inputs": "", "results": ""}])",
          R"([{"round": 0, "inputs": 7, "results": ""}])"}) {
        json::object document = to_json(full_report());
        document["digests"] = *json::parse(wrong, "test");
        EXPECT_FALSE(parse(document)) << wrong;
    }
}

TEST(CheckReport, KeepsWhyACheckWasSkipped) {
    CheckReport report;
    report.verdict = Verdict::skip;
    report.skip_reason = SkipReason::not_supported;
    const auto read = parse(to_json(report));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->skip_reason, SkipReason::not_supported);
}

TEST(CheckReport, RefusesAPassThatComparedNothing) {
    CheckReport report;
    report.verdict = Verdict::pass;
    const auto read = parse(to_json(report));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::bad_data);
    EXPECT_THAT(read.error().message, HasSubstr("0 values compared"));
}

TEST(CheckReport, RefusesAPassWithWrongValues) {
    CheckReport report = full_report();
    report.verdict = Verdict::pass;
    EXPECT_FALSE(parse(to_json(report)));
}

TEST(CheckReport, RefusesMoreWrongValuesThanItCompared) {
    CheckReport report = full_report();
    report.values_wrong = report.values_compared + 1;
    EXPECT_THAT(parse(to_json(report)).error().message, HasSubstr("10 of 9 values are wrong"));
}

TEST(CheckReport, RefusesVerdictsThatAWorkerMayNotGive) {
    for (const char* const verdict : {"crash", "not-run", "time-out", "excellent", ""}) {
        json::object document = to_json(full_report());
        document["verdict"] = verdict;
        EXPECT_FALSE(parse(document)) << verdict;
    }
}

TEST(CheckReport, RefusesMissingAndMistypedMembers) {
    json::object whole = to_json(full_report());
    whole.erase("telemetry");  // which is never taken from a worker
    for (const auto& [key, value] : whole) {
        json::object document = whole;
        document.erase(key);
        EXPECT_FALSE(parse(document)) << "without " << key;
        document[key] = json::array{json::object{{"x", nullptr}}};
        EXPECT_FALSE(parse(document)) << "with another " << key;
    }
}

TEST(CheckReport, RefusesNegativeCountsAndTooManyRows) {
    json::object document = to_json(full_report());
    document["rounds"] = -1;
    EXPECT_FALSE(parse(document));
    document = to_json(full_report());
    document["covered"] = json::array(5000, "x");
    EXPECT_FALSE(parse(document));
}

TEST(CheckReport, MakesTextOfTheWorkerSafeToPrint) {
    json::object document = to_json(full_report());
    document["message"] = "\x1b[2Jgone";
    const auto read = parse(document);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace trilby::validate
