// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using validate::CheckResult;
using validate::Verdict;

constexpr Style narrow{.columns = 60};

CheckResult passed() {
    CheckResult result{.planned = {validate::find_check("matmul"), 1, 7}, .seconds = 1.5};
    result.report.verdict = Verdict::pass;
    result.report.rounds = 3;
    result.report.values_compared = 12345;
    return result;
}

CheckResult failed() {
    CheckResult result{.planned = {validate::find_check("memory"), 1, 7}, .seconds = 2};
    result.report.verdict = Verdict::fail;
    result.report.message = "1 of 9 values are wrong; first: <walking> & \"bits\"";
    result.report.values_compared = 9;
    result.report.values_wrong = 1;
    result.report.mismatches = {{"word 5", "1", "3", "01", "03"}};
    result.persistence = validate::Persistence::intermittent;
    result.fails_with_other_seed = true;
    result.replay = "trilby validate --check memory --seed 7 --level 1 --device 0 --backend cpu";
    result.output = "last\nwords\x01";
    return result;
}

CheckResult skipped() {
    CheckResult result{.planned = {validate::find_check("attention"), 1, 7}};
    result.report.verdict = Verdict::skip;
    result.report.skip_reason = validate::SkipReason::not_supported;
    result.report.message = "no such operation";
    return result;
}

validate::Validation validation() {
    validate::Validation out;
    out.subject = {.backend = "cpu", .device = 0, .device_name = "made", .pci_address = ""};
    out.options.seed = 7;
    out.started = "2026-05-01T12:00:00Z";
    out.seconds = 3.5;
    out.results = {passed(), failed(), skipped()};
    return out;
}

/// A check of the machine's state, with an issue of each kind.
CheckResult judged() {
    CheckResult result{.planned = {validate::find_check("health"), 1, 7}};
    result.issues = {{validate::IssueKind::failure, "fan", "0 rpm", "1 rpm", "clean it"},
                     {validate::IssueKind::warning, "card", "slow <b>", "", "look"},
                     {validate::IssueKind::unknown, "host", "temperature", "", ""}};
    result.report.verdict = Verdict::fail;
    result.report.message = "fan: found 0 rpm, expected 1 rpm";
    result.report.values_compared = 3;
    return result;
}

/// The same without the failure.
CheckResult judged_well() {
    CheckResult result = judged();
    result.issues.erase(result.issues.begin());
    result.report.verdict = Verdict::pass;
    result.report.message = {};
    return result;
}

validate::Validation validation_of(const CheckResult& result) {
    validate::Validation out = validation();
    out.results = {result};
    return out;
}

TEST(ValidationText, AnIssueHasWhatToDoAndAFailureIsNotRepeated) {
    EXPECT_THAT(to_text(judged(), {.columns = 100}),
                HasSubstr("fail: fan: found 0 rpm, expected 1 rpm\n"
                          "                do: clean it\n"
                          "                warning: card: found slow <b>\n"
                          "                do: look\n"
                          "                unknown: host: temperature\n"));
}

TEST(ValidationText, AStateThatPassesSaysHowManyFactsWereJudged) {
    EXPECT_THAT(to_text(judged_well(), {.columns = 100}),
                HasSubstr("pass: 3 facts are as expected"));
}

TEST(ValidationText, APassSaysHowMuchWasCompared) {
    EXPECT_THAT(to_text(passed(), narrow), HasSubstr("pass: 12,345 values in 3 rounds (1.5 s)"));
}

TEST(ValidationText, APassSaysHowMuchEnergyItTook) {
    CheckResult result = passed();
    result.report.telemetry = {{"power", "W", 300, {}, "made"},
                               {"energy", "J", 450, {}, "made"},
                               {"energy per TFLOP", "J/TFLOP", 3.5, {}, "made"}};
    EXPECT_THAT(to_text(result, {.columns = 100}), HasSubstr("(1.5 s, 450 J, 3.5 J/TFLOP)"));
}

TEST(ValidationText, AFailureShowsItsPlaceItsCauseAndTheCommandToRepeatIt) {
    const std::string text = to_text(failed(), {.columns = 100});
    EXPECT_THAT(text, HasSubstr("1 of 9 values is wrong\n"));
    EXPECT_THAT(text, HasSubstr("word 5: found 3 (0x03), expected 1 (0x01)"));
    EXPECT_THAT(text, HasSubstr("intermittent: the same seed passed when tried again, another "
                                "failed too"));
    EXPECT_THAT(text, HasSubstr("again: " + failed().replay + "\n"));
    EXPECT_THAT(text, Not(HasSubstr("\x01")));
}

/// A check during which a counter rose.
CheckResult with_error(const std::string& counter) {
    CheckResult result = passed();
    result.errors = {validate::explained(counter, 2, 3)};
    return result;
}

validate::Subject idle_subject() {
    validate::Subject subject = validation().subject;
    subject.idle.errors = {{"RAS umc, corrected", 4}, {"Xid 79", 0}};
    subject.idle.throttle_reasons = {"PROCHOT"};
    subject.idle.unknown = {{"power", "Not <Supported>\x1b"}};
    return subject;
}

TEST(ValidationText, AnErrorHasItsMeaningAndRemedyWhateverTheVerdict) {
    const std::string text = to_text(with_error("Xid 31"), {.columns = 200});
    EXPECT_THAT(text, HasSubstr("Xid 31: from 2 to 3; a program accessed an address"));
    EXPECT_THAT(text, HasSubstr("(program)\n"));
    EXPECT_THAT(text, HasSubstr("do: no action is needed on the machine"));
}

TEST(ValidationText, ACounterWithoutAMeaningIsShownWithItsCount) {
    const std::string text = to_text(with_error("made\x1b"), {.columns = 200});
    EXPECT_THAT(text, HasSubstr(": from 2 to 3\n"));
    EXPECT_THAT(text, Not(HasSubstr("do:")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ValidationText, AnIdleDeviceShowsEarlierErrorsStuckThrottlingAndWhatIsUnknown) {
    const std::string text = telemetry_text(idle_subject(), {.columns = 200}, 12);
    EXPECT_THAT(text,
                HasSubstr("errors      RAS umc, corrected: 4 so far; an error in the card's"));
    EXPECT_THAT(text, HasSubstr("throttled   PROCHOT; before any load, so perhaps stuck\n"));
    EXPECT_THAT(text, HasSubstr("unknown     power: Not <Supported>"));
    EXPECT_THAT(text, Not(HasSubstr("Xid 79")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_EQ(std::string(telemetry_text(validation().subject, narrow, 12)), "");
}

TEST(ValidationText, AVendorsLibraryThatDoesNotAnswerIsUnknown) {
    validate::Subject subject = validation().subject;
    subject.idle.problem = "no library";
    EXPECT_THAT(telemetry_text(subject, {.columns = 200}, 12),
                HasSubstr("telemetry of the vendor's library: no library"));
}

TEST(ValidationText, TheCommandThatRepeatsItIsNeverFolded) {
    EXPECT_THAT(to_text(failed(), narrow), HasSubstr("again: " + failed().replay + "\n"));
}

TEST(ValidationText, AnUntriedSeedIsNotMentioned) {
    CheckResult result = failed();
    result.fails_with_other_seed = {};
    EXPECT_THAT(to_text(result, {.columns = 100}), HasSubstr("passed when tried again\n"));
}

TEST(ValidationText, UnitsFollowTheirValuesAsPeopleWriteThem) {
    EXPECT_EQ(with_unit(50, "GB/s"), "50 GB/s");
    EXPECT_EQ(with_unit(1'240'000, "1/s"), "1,240,000/s");
    EXPECT_EQ(with_unit(2, ""), "2");
}

TEST(ValidationText, TheSummaryCountsEveryVerdict) {
    EXPECT_THAT(summary_text(validation(), narrow),
                HasSubstr("failed: 1 pass, 1 skip, 1 fail; level 1, seed 7, 3.5 s"));
}

/// Passed only where a defect of a library is avoided.
CheckResult blamed() {
    CheckResult result = passed();
    result.operation = validate::Operation{.text = "matmul bfloat16", .round = 3, .draws = 4};
    result.smallest = "matmul bfloat16, NN 1x63x1";
    result.library_blame = {.library = "MadeLib",
                            .version = "1.2",
                            .defect = "some products crash",
                            .page = "https://example.org/1",
                            .variable = "MADE_LIMIT",
                            .value = "LOW",
                            .failure = "the worker crashed <here>"};
    return result;
}

constexpr const char* whose_fault =
    "without MADE_LIMIT=LOW, the worker crashed <here>. This is a defect of MadeLib 1.2, not of "
    "the device: some products crash (https://example.org/1)";

TEST(ValidationReports, SayWhichLibraryCrashedAndThatTheDevicePassed) {
    validate::Validation with_defect = validation();
    with_defect.results = {blamed()};
    const std::string text = to_text(blamed(), {.columns = 400});
    EXPECT_THAT(text, HasSubstr("pass: 12,345 values"));
    EXPECT_THAT(text, HasSubstr(whose_fault));
    EXPECT_THAT(text, HasSubstr("the smallest that ends so too: matmul bfloat16, NN 1x63x1"));
    EXPECT_THAT(to_html(with_defect), HasSubstr("the worker crashed &lt;here&gt;"));
    EXPECT_THAT(to_html(with_defect), HasSubstr("NN 1x63x1"));
    EXPECT_THAT(to_junit(with_defect), HasSubstr("<system-out>without MADE_LIMIT=LOW"));
    EXPECT_THAT(to_summary(with_defect), HasSubstr("without MADE_LIMIT=LOW"));
    const json::object document = to_json(with_defect);
    const json::value& result = document.at("results").at(0);
    EXPECT_EQ(document.at("conclusion"), "passed");
    EXPECT_EQ(result.at("operation").at("text"), "matmul bfloat16");
    EXPECT_EQ(result.at("operation").at("round"), 3);
    EXPECT_EQ(result.at("smallest_operation"), "matmul bfloat16, NN 1x63x1");
    EXPECT_EQ(result.at("library_defect").at("variable"), "MADE_LIMIT");
}

TEST(ValidationJson, HasTheConclusion) {
    const json::object document = to_json(validation());
    EXPECT_EQ(document.at("schema"), 1);
    EXPECT_EQ(document.at("conclusion"), "failed");
    EXPECT_EQ(document.at("subject").at("pci_address"), nullptr);
    const json::array& results = document.at("results").as_array();
    EXPECT_EQ(results.at(0).at("verdict"), "pass");
    EXPECT_EQ(results.at(1).at("persistence"), "intermittent");
    EXPECT_EQ(results.at(2).at("skip_reason"), "not-supported");
}

TEST(ValidationJson, HasErrorsWithTheirMeaningAndWhatIsUnknown) {
    validate::Validation whole = validation();
    whole.subject = idle_subject();
    whole.results = {with_error("Xid 79"), with_error("made")};
    const json::object document = to_json(whole);
    const json::value& error = document.at("results").at(0).at("errors").at(0);
    EXPECT_EQ(error.at("counter"), "Xid 79");
    EXPECT_EQ(error.at("before"), 2);
    EXPECT_EQ(error.at("count"), 3);
    EXPECT_EQ(error.at("origin"), "hardware");
    EXPECT_EQ(document.at("results").at(1).at("errors").at(0).at("origin"), "");
    const json::value& subject = document.at("subject");
    EXPECT_EQ(subject.at("earlier_errors").at(0).at("counter"), "RAS umc, corrected");
    EXPECT_EQ(subject.at("idle_throttling").at(0), "PROCHOT");
    EXPECT_EQ(subject.at("unknown").at(0).at("name"), "power");
}

TEST(ValidationReports, ShowErrorsWithTheirRemedy) {
    validate::Validation whole = validation();
    whole.subject = idle_subject();
    whole.results = {with_error("Xid 79")};
    whole.results[0].report.verdict = Verdict::fail;
    EXPECT_THAT(to_junit(whole), HasSubstr("do: let other work end"));
    const std::string page = to_html(whole);
    EXPECT_THAT(page, HasSubstr("let other work end"));
    EXPECT_THAT(page, HasSubstr("Not &lt;Supported&gt;"));
    EXPECT_THAT(page, HasSubstr("slowed by PROCHOT"));
    EXPECT_THAT(std::string(to_summary(whole)), HasSubstr("RAS umc, corrected: 4 so far"));
}

TEST(ValidationJunit, CountsAndEscapes) {
    const std::string xml = to_junit(validation());
    EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""));
    EXPECT_THAT(xml, HasSubstr("&lt;walking&gt; &amp; &quot;bits&quot;"));
    EXPECT_THAT(xml, HasSubstr("1 of 9 values is wrong&#10;word 5: found 3 (0x03), expected 1"));
    EXPECT_THAT(xml, HasSubstr("intermittent: the same seed passed"));
    EXPECT_THAT(xml, Not(HasSubstr("\x01")));
}

// A check that did not run must not look like one that passed.
TEST(ValidationJunit, ACheckThatDidNotRunIsAnError) {
    validate::Validation whole = validation();
    whole.results.resize(1);
    for (const auto verdict :
         {Verdict::not_run, Verdict::crash, Verdict::time_out, Verdict::out_of_memory}) {
        whole.results[0].report.verdict = verdict;
        EXPECT_THAT(to_junit(whole), HasSubstr("errors=\"1\"")) << verdict_name(verdict);
    }
}

TEST(ValidationSummary, HasTheFactsToSign) {
    validate::Validation whole = validation();
    whole.machine.os.kernel_release = Observed<std::string>::present("6.18.0-made", "/proc");
    whole.results[0].report.measurements = {{"speed", "GB/s", 50, 10, "16 lanes"}};
    const std::string text = to_summary(whole);
    EXPECT_THAT(text, HasSubstr("Validation of made: failed"));
    EXPECT_THAT(text, HasSubstr("6.18.0-made"));
    EXPECT_THAT(text, HasSubstr("matmul          pass: 12,345 values compared"));
    EXPECT_THAT(text, HasSubstr("speed: 50 GB/s; at least 10 (16 lanes)"));
    EXPECT_THAT(text, HasSubstr("signature"));
}

TEST(ValidationSummary, BelongsToOneResult) {
    validate::Validation other = validation();
    other.results[0].report.values_compared += 1;
    const auto digest = [](const validate::Validation& whole) {
        const std::string text = to_summary(whole);
        const std::string label = "SHA-256 of the JSON document:\n";
        return std::string(trim(text.substr(text.find(label) + label.size(), 80)));
    };
    EXPECT_EQ(digest(validation()).size(), 64U);
    EXPECT_EQ(digest(validation()), digest(validation()));
    EXPECT_NE(digest(validation()), digest(other));
}

TEST(ValidationSummary, FitsAPage) {
    const std::string text = to_summary(validation());
    for (const std::string_view line : split_lines(text)) {
        EXPECT_LE(line.size(), 80U) << line;
    }
}

validate::Comparison comparison() {
    validate::PastValidation before{.device_name = "made", .started = "then", .level = 2};
    before.checks = {{"compute", Verdict::pass, {{"matmul", "GFLOP/s", 100, {}, ""}}},
                     {"memory", Verdict::pass, {}}};
    validate::PastValidation after = before;
    after.checks[0].measurements[0].value = 50;
    after.checks.pop_back();
    return validate::compare(before, after);
}

TEST(ComparisonText, ShowsWhatIsWorseAndByHowMuch) {
    const std::string text = to_text(comparison(), narrow);
    EXPECT_THAT(text, HasSubstr("compute         pass, as before"));
    EXPECT_THAT(text, HasSubstr("matmul: 100 to 50 GFLOP/s (-50 %), worse"));
    EXPECT_THAT(text, HasSubstr("pass before; it was not run again (worse)"));
    EXPECT_THAT(text, HasSubstr("something is worse"));
}

TEST(ComparisonText, SaysThatOtherProgramsDisturbedARun) {
    validate::PastValidation quiet{.device_name = "made", .started = "then", .level = 2};
    quiet.checks = {{"compute", Verdict::pass, {{"matmul", "GFLOP/s", 99, {}, "", 100}}}};
    validate::PastValidation noisy = quiet;
    noisy.checks[0].measurements[0].value = 30;
    const std::string text = to_text(validate::compare(quiet, noisy), narrow);
    EXPECT_THAT(text, HasSubstr("matmul: 100 to 100 GFLOP/s (+0 %), noisy"));
    EXPECT_THAT(text, HasSubstr("nothing is worse"));
    EXPECT_THAT(text, HasSubstr("noisy: other programs used the CPU"));
    EXPECT_THAT(to_text(validate::compare(quiet, quiet), narrow), Not(HasSubstr("noisy")));
}

TEST(ComparisonJson, HasNoVerdictForACheckWithoutOne) {
    const json::object document = to_json(comparison());
    EXPECT_EQ(document.at("is_worse"), true);
    EXPECT_EQ(document.at("checks").at(1).at("after"), nullptr);
    EXPECT_EQ(document.at("checks").at(0).at("measurements").at(0).at("after"), 50.0);
}

TEST(ValidationHtml, ShowsTheIssuesOfTheMachine) {
    const std::string page = to_html(validation_of(judged()));
    EXPECT_THAT(page, HasSubstr("<td>failure</td><td>fan</td><td>0 rpm</td><td>1 rpm</td>"
                                "<td>clean it</td>"));
    EXPECT_THAT(page, HasSubstr("slow &lt;b&gt;"));
}

TEST(ValidationJunit, ShowsTheIssuesOfTheMachine) {
    EXPECT_THAT(to_junit(validation_of(judged())),
                HasSubstr("failure: fan: found 0 rpm, expected 1 rpm; do: clean it&#10;"
                          "warning: card: found slow &lt;b&gt;; do: look&#10;"));
    EXPECT_THAT(to_junit(validation_of(judged_well())),
                HasSubstr("<system-out>warning: card: found slow &lt;b&gt;; do: look&#10;"));
}

TEST(ValidationSummary, ShowsTheIssuesOfTheMachine) {
    const std::string page = to_summary(validation_of(judged()));
    EXPECT_THAT(page, HasSubstr("failure: fan: found 0 rpm, expected 1 rpm"));
    EXPECT_THAT(page, HasSubstr("unknown: host: temperature"));
}

TEST(ValidationJson, HasTheIssuesOfTheMachine) {
    const json::object document = to_json(validation_of(judged()));
    const json::object& result = document.at("results").at(0).as_object();
    const json::object& issue = result.at("issues").at(0).as_object();
    EXPECT_EQ(issue.at("kind"), "failure");
    EXPECT_EQ(issue.at("where"), "fan");
    EXPECT_EQ(issue.at("found"), "0 rpm");
    EXPECT_EQ(issue.at("expected"), "1 rpm");
    EXPECT_EQ(issue.at("remedy"), "clean it");
}

TEST(ValidationHtml, IsASelfContainedPage) {
    const std::string page = to_html(validation());
    EXPECT_THAT(page, HasSubstr("<!doctype html>"));
    EXPECT_THAT(page, HasSubstr("Validation of made: <span class=\"failed\">failed</span>"));
    for (const char* const outside : {"http:", "https:", "<script", "<link", "src="}) {
        EXPECT_THAT(page, Not(HasSubstr(outside)));
    }
}

TEST(ValidationHtml, AFailureHasItsHintItsBitsAndHowItRepeats) {
    CheckResult result = failed();
    result.hint = "look <there>";
    const std::string page = to_html(validation_of(result));
    EXPECT_THAT(page, HasSubstr("Hint: look &lt;there&gt;"));
    EXPECT_THAT(page, HasSubstr("<code>3</code><br><code>0x03</code>"));
    EXPECT_THAT(page, HasSubstr("another failed too"));
    EXPECT_THAT(page, HasSubstr("1 of 9 values is wrong; the first of them"));
}

TEST(ValidationHtml, HasTheVersionsOfLibrariesDriversAndFirmware) {
    validate::Validation whole = validation();
    whole.subject.libraries = {{"libtorch", "2.8.0"},
                               {"blas", {{"kind", "openblas"}}},
                               {"openmp", true},
                               {"threads", 1},
                               {"<new>", 3}};
    KernelDriver driver;
    driver.name = "amdgpu";
    driver.version = Observed<std::string>::present("6.16", "/sys");
    whole.machine.drivers = Observed<std::vector<KernelDriver>>::present({driver}, "/sys");
    const std::string page = to_html(whole);
    for (const char* const version :
         {"LibTorch</th><td>2.8.0", "BLAS</th><td>openblas", "OpenMP</th><td>yes",
          "&lt;new&gt;</th><td>3", "driver amdgpu</th><td>6.16", "cpu, device 0, 1 CPU thread<"}) {
        EXPECT_THAT(page, HasSubstr(version));
    }
    EXPECT_THAT(page, Not(HasSubstr(">threads<")));
}

TEST(ValidationHtml, EscapesUntrustedText) {
    const std::string page = to_html(validation());
    EXPECT_THAT(page, HasSubstr("&lt;walking&gt; &amp; &quot;bits&quot;"));
    EXPECT_THAT(page, Not(HasSubstr("<walking>")));
    EXPECT_THAT(page, HasSubstr("--check memory --seed 7"));
    EXPECT_THAT(page, HasSubstr("intermittent"));
}

}  // namespace
}  // namespace trilby::report
