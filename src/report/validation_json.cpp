// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/document.hpp"
#include "base/enum_name.hpp"
#include "report/documents.hpp"
#include "report/machine_json.hpp"
#include "report/machine_validation.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

SubjectDocument document_of(const Machine& machine, const validate::Subject& subject) {
    SubjectDocument out{.backend = subject.backend,
                        .device = subject.device,
                        .name = subject.device_name,
                        .kind = device_kind(machine, subject),
                        .threads = subject.threads,
                        .libraries = subject.libraries,
                        .earlier_errors = earlier_errors(subject.idle)};
    const auto reasons = subject.idle.throttle_reasons.value_or(std::set<std::string>());
    out.idle_throttling.assign(reasons.begin(), reasons.end());
    for (const auto& [name, why] : unknown_facts(subject)) {
        out.unknown.push_back({name, why});
    }
    if (!subject.pci_address.empty()) {
        out.pci_address.content = subject.pci_address;
    }
    if (!subject.uuid.empty()) {
        out.uuid.content = subject.uuid;
    }
    return out;
}

ResultDocument document_of(const validate::CheckResult& result) {
    return {.check = std::string(result.planned.check->name),
            .family = std::string(result.planned.check->family),
            .seed = result.planned.seed,
            .seconds_planned = result.planned.seconds,
            .seconds = result.seconds,
            .hint = result.hint,
            .replay = result.replay,
            .output = result.output,
            .report = {result.report},
            .errors = result.errors,
            .persistence = result.persistence,
            .fails_with_other_seed = result.fails_with_other_seed,
            .issues = result.issues,
            .operation = result.operation,
            .smallest_operation = result.smallest,
            .library_defect = result.library_blame};
}

ChangeDocument document_of(const validate::CheckChange& change) {
    return {change.check,
            {change.before},
            {change.after},
            change.is_worse,
            change.measurements,
            change.bits.rounds,
            change.bits.first_difference};
}

PastDocument document_of(const validate::PastValidation& past) {
    return {past.device_name, past.level, past.started};
}

template <class Document>
json::object written(const Document& document) {
    return json::document(json::to_json(document, json::whole_texts));
}

/// Null if there is no trial.
Nullable<RateDocument> document_of(const validate::Rate& rate, std::uint64_t trials) {
    Nullable<RateDocument> out;
    if (trials > 0) {
        out.content = RateDocument{rate.value, rate.low, rate.high};
    }
    return out;
}

FaultDetectionDocument document_of(const validate::FaultDetection& detection) {
    const validate::FaultInfo& fault = info_of(detection.fault);
    FaultDetectionDocument out{.fault = std::string(fault.name),
                               .meaning = std::string(fault.meaning),
                               .level = detection.level,
                               .injected = detection.injected,
                               .detected = detection.detected,
                               .rate = document_of(detection.rate(), detection.injected)};
    if (!detection.seconds.empty()) {
        out.median_seconds.content = detection.median_seconds();
        out.seconds_of_95_percent.content = detection.most_seconds();
    }
    return out;
}

SelfTestCellDocument document_of(const validate::SelfTestCell& cell) {
    SelfTestCellDocument out{std::string(fault_name(cell.fault)),
                             std::string(cell.check->name),
                             cell.level,
                             cell.injected,
                             cell.detected,
                             cell.seconds,
                             {}};
    for (const validate::CheckResult& result : cell.others) {
        out.other_ends.push_back(
            {result.report.verdict, result.report.message, result.planned.seed});
    }
    return out;
}

UntestedDocument document_of(const validate::Untested& untested) {
    return {untested.what, untested.reason};
}

template <class Document, class T>
std::vector<Document> documents_of(const std::vector<T>& parts) {
    std::vector<Document> out;
    for (const T& part : parts) {
        out.push_back(document_of(part));
    }
    return out;
}

ValidationDocument document_of(const validate::Validation& validation) {
    return {.trilby = validation.program_version,
            .conclusion = conclude(validation),
            .started = validation.started,
            .seconds = validation.seconds,
            .level = validation.options.level,
            .seed = validation.options.seed,
            .budget_seconds = {validation.options.budget_seconds},
            .excluded = left_out(validation),
            .subject = document_of(validation.machine, validation.subject),
            .machine = to_json(validation.machine),
            .results = documents_of<ResultDocument>(validation.results)};
}

}  // namespace

json::object to_json(const validate::Validation& validation) {
    return written(document_of(validation));
}

json::object to_json(const validate::MachineValidation& validation) {
    MachineValidationDocument out{.trilby = validation.devices.front().program_version,
                                  .conclusion = conclude(validation),
                                  .seconds = validation.seconds,
                                  .outliers = validation.outliers,
                                  .bits_compared = validation.bits.compared,
                                  .bit_differences = validation.bits.differences,
                                  .not_covered = validation.unseen,
                                  .speeds_alone = speeds_alone(validation),
                                  .links = peer_links(validation),
                                  .devices = {},
                                  .results = documents_of<ResultDocument>(validation.results)};
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        out.devices.push_back({.validation = {document_of(validation.devices[i])},
                               .results_alone = documents_of<ResultDocument>(validation.alone[i])});
    }
    return written(out);
}

json::object to_json(const validate::Comparison& comparison) {
    return written(ComparisonDocument{.is_worse = comparison.is_worse(),
                                      .before = document_of(comparison.before),
                                      .after = document_of(comparison.after),
                                      .checks = documents_of<ChangeDocument>(comparison.checks)});
}

json::object checks_json() {
    json::array checks;
    for (const validate::CheckInfo& check : validate::known_checks()) {
        checks.push_back(
            json::object{{"name", check.name},
                         {"family", check.family},
                         {"scope", enum_name(check.scope)},
                         {"summary", check.summary},
                         {"finds", check.finds},
                         {"seconds", json::array(check.seconds.begin(), check.seconds.end())},
                         {"seconds_at_rest", check.seconds_at_rest}});
    }
    return json::document({{"checks", std::move(checks)}});
}

json::object to_json(const validate::SelfTestRun& run) {
    const validate::SelfTest& result = run.result;
    return written(SelfTestDocument{
        .trilby = run.program_version,
        .complete = !result.was_stopped,
        .started = run.started,
        .seconds = run.seconds,
        .levels = run.levels,
        .trials = run.settings.trials,
        .seed = run.settings.seed,
        .subject = document_of(run.machine, run.subject),
        .machine = to_json(run.machine),
        .detection_rate = document_of(result.detection_rate(), result.injected()),
        .false_alarm_rate = document_of(result.false_alarm_rate(), result.clean_runs),
        .clean_runs = result.clean_runs,
        .false_alarms = result.false_alarms.size(),
        .alarms = documents_of<ResultDocument>(result.false_alarms),
        .faults = documents_of<FaultDetectionDocument>(result.by_fault_and_level()),
        .cells = documents_of<SelfTestCellDocument>(result.cells),
        .untested = documents_of<UntestedDocument>(untested(result))});
}

}  // namespace trilby::report
