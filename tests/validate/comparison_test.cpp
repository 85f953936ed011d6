// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using trilby::testing::TemporaryFolder;

PastValidation past(Verdict verdict, std::vector<Measurement> measurements = {}) {
    return {.checks = {{"compute", verdict, std::move(measurements)}}};
}

TEST(Comparison, AWorseVerdictIsWorseAndABetterOneIsNot) {
    EXPECT_TRUE(compare(past(Verdict::pass), past(Verdict::fail)).is_worse());
    EXPECT_TRUE(compare(past(Verdict::pass), past(Verdict::skip)).is_worse());
    EXPECT_FALSE(compare(past(Verdict::fail), past(Verdict::pass)).is_worse());
    EXPECT_FALSE(compare(past(Verdict::fail), past(Verdict::fail)).is_worse());
}

TEST(Comparison, ACheckThatIsMissingLaterIsWorse) {
    const Comparison lost = compare(past(Verdict::pass), PastValidation{});
    EXPECT_TRUE(lost.is_worse());
    EXPECT_EQ(lost.checks.at(0).after, std::nullopt);
    const Comparison gained = compare(PastValidation{}, past(Verdict::fail));
    EXPECT_FALSE(gained.is_worse());
    ASSERT_THAT(gained.checks, SizeIs(1));
    EXPECT_EQ(gained.checks[0].before, std::nullopt);
}

/// Whether one measurement that goes from `before` to `after` is worse.
bool is_worse(const char* unit, double before, double after) {
    return compare(past(Verdict::pass, {{"m", unit, before, {}, ""}}),
                   past(Verdict::pass, {{"m", unit, after, {}, ""}}))
        .is_worse();
}

TEST(Comparison, SpeedsMayDifferByATenth) {
    EXPECT_FALSE(is_worse("GB/s", 100, 91));
    EXPECT_TRUE(is_worse("GB/s", 100, 89));
    EXPECT_FALSE(is_worse("GB/s", 100, 500));
    EXPECT_FALSE(is_worse("us", 10, 10.9));
    EXPECT_TRUE(is_worse("us", 10, 11.1));
    EXPECT_FALSE(is_worse("MHz", 3000, 800));  // neither good nor bad by itself
}

TEST(Comparison, ASpeedThatIsNotMeasuredAgainIsWorse) {
    const auto lost = [](const char* unit) {
        return compare(past(Verdict::pass, {{"m", unit, 1, {}, ""}}), past(Verdict::pass));
    };
    EXPECT_TRUE(lost("GB/s").is_worse());
    EXPECT_EQ(lost("GB/s").checks.at(0).measurements.at(0).after, std::nullopt);
    EXPECT_FALSE(lost("MHz").is_worse());
    EXPECT_TRUE(compare(past(Verdict::pass, {{"m", "GB/s", 1, {}, ""}}),
                        past(Verdict::pass, {{"m", "GiB/s", 1, {}, ""}}))
                    .is_worse())
        << "another unit is another quantity";
}

/// A speed of which other programs took a part.
PastValidation shared(double value, double unshared) {
    return past(Verdict::pass, {{"m", "GB/s", value, {}, "", unshared}});
}

TEST(Comparison, TheShareOfOtherProgramsIsNotALossOfSpeed) {
    const Comparison loaded = compare(shared(97, 100), shared(30, 98));
    EXPECT_FALSE(loaded.is_worse());
    EXPECT_TRUE(loaded.is_noisy());
    EXPECT_EQ(loaded.checks.at(0).measurements.at(0).before, 100);
    EXPECT_EQ(loaded.checks.at(0).measurements.at(0).after, 98);
    EXPECT_TRUE(compare(shared(97, 100), shared(30, 50)).is_worse());
    EXPECT_FALSE(compare(shared(97, 100), shared(95, 98)).is_noisy());
}

TEST(Comparison, SpeedsAreComparedAlikeIfOneResultDoesNotKnowTheShare) {
    EXPECT_TRUE(
        compare(past(Verdict::pass, {{"m", "GB/s", 97, {}, ""}}), shared(30, 98)).is_worse());
}

/// A check that passed, with the results of its first round.
PastValidation with_bits(const std::string& results, const std::string& device = "made") {
    PastValidation out = past(Verdict::pass);
    out.checks[0].digests = {{.round = 0, .inputs = "1", .results = results}};
    out.conditions = {.device_name = device};
    return out;
}

std::optional<std::uint64_t> different_round(const PastValidation& before,
                                             const PastValidation& after) {
    return compare(before, after).checks.at(0).bits.first_difference;
}

TEST(Comparison, OtherBitsUnderTheSameConditionsAreReported) {
    EXPECT_EQ(different_round(with_bits("a"), with_bits("a")), std::nullopt);
    EXPECT_EQ(different_round(with_bits("a"), with_bits("b")), 0U);
    EXPECT_EQ(different_round(with_bits("a"), with_bits("b", "another")), std::nullopt);
    EXPECT_EQ(different_round(past(Verdict::pass), with_bits("b")), std::nullopt);
}

TEST(Comparison, OtherBitsAreNotWorseBecauseALibraryMayHaveChanged) {
    EXPECT_FALSE(compare(with_bits("a"), with_bits("b")).is_worse());
}

TEST(Comparison, TheBitsOfACheckThatFailedAreNotCompared) {
    PastValidation failed = with_bits("a");
    failed.checks[0].verdict = Verdict::fail;
    EXPECT_EQ(different_round(failed, with_bits("b")), std::nullopt);
}

constexpr const char* document = R"({"schema": 1, "level": 2, "started": "2026-05-01T12:00:00Z",
    "subject": {"name": "made"}, "results": [{"check": "compute", "verdict": "time-out",
    "measurements": [{"name": "m", "unit": "GB/s", "value": 3, "basis": ""}]}]})";

TEST(PastValidation, IsReadFromTheOutputOfValidate) {
    const auto read = parse_past_validation(document, "a.json");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->device_name, "made");
    EXPECT_EQ(read->level, 2);
    EXPECT_EQ(read->checks.at(0).verdict, Verdict::time_out);
    EXPECT_EQ(read->checks.at(0).measurements.at(0).value, 3);
}

TEST(PastValidation, WithDigestsHasTheirConditions) {
    EXPECT_EQ(parse_past_validation(document, "a.json")->conditions, std::nullopt);
    const auto read = parse_past_validation(R"({"schema": 1, "trilby": "1.2", "level": 2,
        "started": "", "subject": {"name": "made", "kind": "mig-instance", "pci_address": null,
            "libraries": {"a": 1}},
        "machine": {"cpu": {"features": {"presence": "present", "source": "", "value": ["avx2"]}},
            "pci_devices": {"presence": "absent", "source": ""},
            "environment": {"c_library_version": {"presence": "absent", "source": ""}},
            "drivers": {"presence": "present", "source": "", "value": [{"name": "nvidia",
                "version": {"presence": "present", "source": "", "value": "580"},
                "flavour": {"presence": "absent", "source": ""}}]}},
        "results": [{"check": "matmul", "verdict": "pass", "measurements": [],
            "digests": [{"round": 3, "inputs": "0a", "results": "0b"}]}]})",
                                            "a.json");
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_TRUE(read->conditions);
    EXPECT_EQ(*read->conditions, (BitConditions{.program_version = "1.2",
                                                .device_name = "made",
                                                .kind = DeviceKind::mig_instance,
                                                .libraries = R"({"a":1})",
                                                .c_library_version = "",
                                                .drivers = {{"nvidia", "580"}},
                                                .cpu_features = {"avx2"}}));
    EXPECT_EQ(read->checks.at(0).digests,
              (std::vector<RoundDigest>{{.round = 3, .inputs = "0a", .results = "0b"}}));
}

TEST(PastValidation, MayHaveKeysOfALaterVersion) {
    std::string later = document;
    for (const char* const place :
         {"{\"schema\"", "{\"name\": \"made\"", "{\"check\"", "{\"name\": \"m\""}) {
        later.insert(later.find(place) + 1, R"("new": [{"deep": null}], )");
    }
    const auto read = parse_past_validation(later, "a.json");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->checks.at(0).measurements.at(0).value, 3);
}

TEST(PastValidation, WithoutResultsCannotBeCompared) {
    EXPECT_FALSE(parse_past_validation(
        R"({"schema": 1, "level": 2, "started": "", "subject": {"name": "made"}, "results": []})",
        "a.json"));
}

TEST(PastValidation, IsCreatedFromARun) {
    Validation run;
    run.subject.device_name = "made";
    run.options.level = 2;
    CheckResult result{.planned = {find_check("compute"), 1, 7}};
    result.report.verdict = Verdict::time_out;
    result.report.measurements = {{"m", "GB/s", 3, {}, ""}};
    run.results = {result};
    const PastValidation past = past_of(run);
    EXPECT_EQ(past.device_name, "made");
    EXPECT_EQ(past.level, 2);
    EXPECT_FALSE(compare(*parse_past_validation(document, "a.json"), past).is_worse());
    EXPECT_EQ(compare(*parse_past_validation(document, "a.json"), past).checks.size(), 1U);
}

TEST(PastValidation, OtherDocumentsAreRefusedWithThePlace) {
    for (const char* const wrong :
         {"", "[]", "{}", R"({"schema": 2})", R"({"schema": 1, "subject": {"name": 3}})"}) {
        const auto read = parse_past_validation(wrong, "a.json");
        ASSERT_FALSE(read) << wrong;
        EXPECT_EQ(read.error().code, ErrorCode::bad_data) << wrong;
        EXPECT_THAT(read.error().message, HasSubstr("a.json")) << wrong;
    }
    std::string unknown = document;
    unknown.replace(unknown.find("time-out"), 8, "fabulous");
    EXPECT_THAT(parse_past_validation(unknown, "a.json").error().message,
                HasSubstr("unknown verdict 'fabulous'"));
}

TEST(PastValidation, AMissingFileIsReported) {
    const TemporaryFolder folder;
    const auto read = read_past_validation(folder.path() / "none.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::no_input);
}

}  // namespace
}  // namespace trilby::validate
