// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The documents that `--json` prints, as described records. Their JSON and docs/schemas are
/// derived from these records; the callers fill them.

#pragma once

#include "base/document.hpp"
#include "base/write_json.hpp"
#include "machine/describe.hpp"
#include "machine/describe_results.hpp"
#include "validate/describe.hpp"

namespace trilby::report {

using json::Inlined;
using json::Nullable;

struct ErrorDocument {
    int exit_code = 0;
    std::string message;
    std::string hint;
};
TRILBY_DESCRIBE(ErrorDocument, exit_code, message, hint)

/// Has a reason if something is chosen, and an error if not.
struct ChoiceDocument {
    Nullable<std::string> chosen;
    std::optional<std::string> reason;
    std::optional<ErrorDocument> error;
};
TRILBY_DESCRIBE(ChoiceDocument, chosen, reason, error)

[[nodiscard]] ChoiceDocument document_of(const Result<Choice>& choice);

struct ManifestDocument {
    std::string module;
    std::int64_t abi = 0;
    std::string version;
    std::string libtorch;
};
TRILBY_DESCRIBE(ManifestDocument, module, abi, version, libtorch)

struct CandidateDocument {
    std::string name;
    bool usable = false;
    Nullable<ManifestDocument> manifest;
    std::vector<Requirement> requirements;
};
TRILBY_DESCRIBE(CandidateDocument, name, usable, manifest, requirements)

struct SelectionDocument {
    Inlined<ChoiceDocument> choice;
    int schema = json::schema_version;  ///< not the first key, as in other documents
    std::vector<CandidateDocument> candidates;
    std::vector<ErrorDocument> ignored_manifests;
};
TRILBY_DESCRIBE(SelectionDocument, choice, schema, candidates, ignored_manifests)

struct DiagnosisDocument {
    bool is_blocked = false;
    std::vector<Finding> findings;
    std::vector<Finding> consequences;
    std::vector<UnreadFacts> unread;
    std::optional<ChoiceDocument> backend;
    Machine machine;
};
TRILBY_DESCRIBE(DiagnosisDocument, is_blocked, findings, consequences, unread, backend, machine)

struct UnknownDocument {
    std::string name;
    std::string reason;
};
TRILBY_DESCRIBE(UnknownDocument, name, reason)

struct SubjectDocument {
    std::string backend;
    std::int64_t device = 0;
    std::string name;
    validate::DeviceKind kind = validate::DeviceKind::card;
    std::int64_t threads = 1;
    json::object libraries;
    Nullable<std::string> pci_address;
    Nullable<std::string> uuid;
    std::vector<validate::ErrorEvent> earlier_errors;
    std::vector<std::string> idle_throttling;
    std::vector<UnknownDocument> unknown;
};
TRILBY_DESCRIBE(SubjectDocument, backend, device, name, kind, threads, libraries, pci_address, uuid,
                earlier_errors, idle_throttling, unknown)

struct ResultDocument {
    std::string check;
    std::string family;
    std::uint64_t seed = 0;
    double seconds_planned = 0;
    double seconds = 0;
    std::string hint;
    std::string replay;
    std::string output;
    Inlined<validate::CheckReport> report;
    std::vector<validate::ErrorEvent> errors;
    std::optional<validate::Persistence> persistence;
    std::optional<bool> fails_with_other_seed;
    std::vector<validate::Issue> issues;
    std::optional<validate::Operation> operation;
    std::optional<std::string> smallest_operation;
    std::optional<validate::LibraryBlame> library_defect;
};
TRILBY_DESCRIBE(ResultDocument, check, family, seed, seconds_planned, seconds, hint, replay, output,
                report, errors, persistence, fails_with_other_seed, issues, operation,
                smallest_operation, library_defect)

struct ValidationDocument {
    std::string trilby;
    validate::Conclusion conclusion = validate::Conclusion::incomplete;
    std::string started;
    double seconds = 0;
    int level = 1;
    std::uint64_t seed = 0;
    Nullable<double> budget_seconds;
    std::vector<std::string> excluded;
    SubjectDocument subject;
    json::object machine;
    std::vector<ResultDocument> results;
};
TRILBY_DESCRIBE(ValidationDocument, trilby, conclusion, started, seconds, level, seed,
                budget_seconds, excluded, subject, machine, results)

/// A whole document of its own, so that it can be taken out and compared.
struct DeviceDocument {
    int schema = json::schema_version;
    Inlined<ValidationDocument> validation;
    std::vector<ResultDocument> results_alone;
};
TRILBY_DESCRIBE(DeviceDocument, schema, validation, results_alone)

struct MachineValidationDocument {
    std::string trilby;
    validate::Conclusion conclusion = validate::Conclusion::incomplete;
    double seconds = 0;
    std::vector<validate::Outlier> outliers;
    validate::ComparedBits bits_compared;
    std::vector<validate::BitDifference> bit_differences;
    std::vector<validate::UnseenCard> not_covered;
    std::vector<validate::SpeedAlone> speeds_alone;
    std::vector<validate::PeerLink> links;
    std::vector<DeviceDocument> devices;
    std::vector<ResultDocument> results;
};
TRILBY_DESCRIBE(MachineValidationDocument, trilby, conclusion, seconds, outliers, bits_compared,
                bit_differences, not_covered, speeds_alone, links, devices, results)

struct PastDocument {
    std::string name;
    std::int64_t level = 1;
    std::string started;
};
TRILBY_DESCRIBE(PastDocument, name, level, started)

struct ChangeDocument {
    std::string check;
    Nullable<validate::Verdict> before;
    Nullable<validate::Verdict> after;
    bool is_worse = false;
    std::vector<validate::MeasurementChange> measurements;
    std::uint64_t rounds_compared = 0;
    std::optional<std::uint64_t> different_bits_in_round;
};
TRILBY_DESCRIBE(ChangeDocument, check, before, after, is_worse, measurements, rounds_compared,
                different_bits_in_round)

struct ComparisonDocument {
    bool is_worse = false;
    PastDocument before;
    PastDocument after;
    std::vector<ChangeDocument> checks;
};
TRILBY_DESCRIBE(ComparisonDocument, is_worse, before, after, checks)

struct RateDocument {
    double value = 0;
    double low = 0;
    double high = 1;
};
TRILBY_DESCRIBE(RateDocument, value, low, high)

struct FaultDetectionDocument {
    std::string fault;
    std::string meaning;
    int level = 1;
    std::uint64_t injected = 0;
    std::uint64_t detected = 0;
    Nullable<RateDocument> rate;
    Nullable<double> median_seconds;
    Nullable<double> seconds_of_95_percent;
};
TRILBY_DESCRIBE(FaultDetectionDocument, fault, meaning, level, injected, detected, rate,
                median_seconds, seconds_of_95_percent)

struct OtherEndDocument {
    validate::Verdict verdict = validate::Verdict::error;
    std::string message;
    std::uint64_t seed = 0;
};
TRILBY_DESCRIBE(OtherEndDocument, verdict, message, seed)

struct SelfTestCellDocument {
    std::string fault;
    std::string check;
    int level = 1;
    std::uint64_t injected = 0;
    std::uint64_t detected = 0;
    std::vector<double> seconds;
    std::vector<OtherEndDocument> other_ends;
};
TRILBY_DESCRIBE(SelfTestCellDocument, fault, check, level, injected, detected, seconds, other_ends)

struct UntestedDocument {
    std::string what;
    std::string reason;
};
TRILBY_DESCRIBE(UntestedDocument, what, reason)

struct SelfTestDocument {
    std::string trilby;
    bool complete = false;
    std::string started;
    double seconds = 0;
    std::vector<int> levels;
    std::uint64_t trials = 0;
    std::uint64_t seed = 0;
    SubjectDocument subject;
    json::object machine;
    Nullable<RateDocument> detection_rate;
    Nullable<RateDocument> false_alarm_rate;
    std::uint64_t clean_runs = 0;
    std::uint64_t false_alarms = 0;
    std::vector<ResultDocument> alarms;
    std::vector<FaultDetectionDocument> faults;
    std::vector<SelfTestCellDocument> cells;
    std::vector<UntestedDocument> untested;
};
TRILBY_DESCRIBE(SelfTestDocument, trilby, complete, started, seconds, levels, trials, seed, subject,
                machine, detection_rate, false_alarm_rate, clean_runs, false_alarms, alarms, faults,
                cells, untested)

}  // namespace trilby::report
