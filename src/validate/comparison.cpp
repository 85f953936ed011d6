// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/comparison.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/document.hpp"
#include "base/presence.hpp"
#include "base/read_json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "machine/describe.hpp"
#include "platform/file_tree.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {
namespace {

constexpr std::size_t most_bytes = 64U << 20;
constexpr json::Reader reader({.text_bytes = 200});

Result<PastCheck> parse_past_check(const json::value& row, std::string_view where) {
    PastCheck past;
    TRILBY_TRY(from, json::as_object(row, where));
    TRILBY_CHECK(reader.read(past.name, from, "check", where));
    TRILBY_CHECK(reader.read(past.verdict, from, "verdict", where));
    TRILBY_TRY(measurements, parse_measurements(from, where));
    past.measurements = std::move(measurements);
    std::optional<std::vector<RoundDigest>> digests;
    TRILBY_CHECK(reader.read(digests, from, "digests", where));
    past.digests = std::move(digests).value_or(std::vector<RoundDigest>());
    return past;
}

bool has_digests(const PastCheck& past) {
    return !past.digests.empty();
}

/// Only the facts that bits depend on.
Result<Machine> parse_machine(const json::object& document, std::string_view where) {
    Machine machine;
    TRILBY_TRY(cpu, json::get_object(document, "cpu", where));
    TRILBY_TRY(environment, json::get_object(document, "environment", where));
    TRILBY_CHECK(reader.read(machine.cpu.features, cpu, "features", where));
    TRILBY_CHECK(reader.read(machine.environment.c_library_version, environment,
                             "c_library_version", where));
    TRILBY_CHECK(reader.read(machine.drivers, document, "drivers", where));
    TRILBY_CHECK(reader.read(machine.pci_devices, document, "pci_devices", where));
    return machine;
}

Result<BitConditions> parse_conditions(const json::object& document, std::string_view where) {
    std::string program_version;
    Subject subject;
    DeviceKind kind{};
    TRILBY_CHECK(reader.read(program_version, document, "trilby", where));
    TRILBY_TRY(from, json::get_object(document, "subject", where));
    TRILBY_CHECK(reader.read(subject.device_name, from, "name", where));
    json::Nullable<std::string> address;
    TRILBY_CHECK(reader.read(address, from, "pci_address", where));
    subject.pci_address = address.content.value_or("");
    TRILBY_CHECK(reader.read(subject.libraries, from, "libraries", where));
    TRILBY_CHECK(reader.read(kind, from, "kind", where));
    TRILBY_TRY(facts, json::get_object(document, "machine", where));
    TRILBY_TRY(machine, parse_machine(facts, where));
    return bit_conditions(program_version, subject, kind, machine);
}

/// A lower speed, or a longer time; nothing else is judged.
bool is_worse(const std::string& unit, double before, double after) {
    return (is_speed(unit) && after < before * (1 - noticeable_change)) ||
           (is_time(unit) && after > before * (1 + noticeable_change));
}

bool is_noisy(const Measurement& measurement) {
    return measurement.unshared && measurement.value < *measurement.unshared * quiet_share;
}

MeasurementChange change(const Measurement& before, const Measurement& after) {
    const bool is_unshared = before.unshared && after.unshared;
    const double first = is_unshared ? *before.unshared : before.value;
    const double second = is_unshared ? *after.unshared : after.value;
    return {.name = before.name,
            .unit = before.unit,
            .before = first,
            .after = second,
            .is_worse = is_worse(before.unit, first, second),
            .is_noisy = is_noisy(before) || is_noisy(after)};
}

MeasurementChange without_successor(const Measurement& before) {
    return {.name = before.name,
            .unit = before.unit,
            .before = before.value,
            .is_worse = is_speed(before.unit) || is_time(before.unit)};
}

std::vector<MeasurementChange> changes(const std::vector<Measurement>& before,
                                       const std::vector<Measurement>& after) {
    std::vector<MeasurementChange> out;
    for (const Measurement& old : before) {
        const auto found = std::ranges::find(after, old.name, &Measurement::name);
        const bool is_measured = found != after.end() && found->unit == old.unit;
        out.push_back(is_measured ? change(old, *found) : without_successor(old));
    }
    return out;
}

CheckChange change(const PastCheck& before, const PastValidation& after, bool has_same_conditions) {
    CheckChange out{.check = before.name, .before = before.verdict};
    const auto found = std::ranges::find(after.checks, before.name, &PastCheck::name);
    if (found == after.checks.end()) {
        out.is_worse = true;
        return out;
    }
    out.after = found->verdict;
    out.is_worse = found->verdict > before.verdict;
    out.measurements = changes(before.measurements, found->measurements);
    if (has_same_conditions && before.verdict == Verdict::pass && found->verdict == Verdict::pass) {
        out.bits = compare_rounds(before.digests, found->digests);
    }
    return out;
}

/// The results of --device all have a document of each device.
Result<void> require_one_device(const json::object& document, std::string_view where) {
    if (const auto devices = json::get_array(document, "devices", where)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: has {} devices, expected one", where, devices->size()),
                       "take one out of the document: jq '.devices[0]' FILE");
    }
    return {};
}

}  // namespace

Result<PastValidation> parse_past_validation(std::string_view text, std::string_view where) {
    PastValidation past;
    TRILBY_TRY(document, json::parse_document(text, where));
    TRILBY_CHECK(require_one_device(document, where));
    TRILBY_TRY(subject, json::get_object(document, "subject", where));
    TRILBY_CHECK(reader.read(past.device_name, subject, "name", where));
    TRILBY_CHECK(reader.read(past.started, document, "started", where));
    TRILBY_CHECK(reader.read(past.level, document, "level", where));
    TRILBY_TRY(results, json::get_array(document, "results", where));
    if (results.empty()) {
        return failure(ErrorCode::bad_data, fmt::format("{}: has no results to compare", where));
    }
    for (const json::value& row : results) {
        TRILBY_TRY(check, parse_past_check(row, fmt::format("{}: results", where)));
        past.checks.push_back(std::move(check));
    }
    if (std::ranges::any_of(past.checks, has_digests)) {
        TRILBY_TRY(conditions, parse_conditions(document, where));
        past.conditions = std::move(conditions);
    }
    return past;
}

Result<PastValidation> read_past_validation(const std::filesystem::path& path) {
    const auto text =
        platform::FileTree().read(std::filesystem::absolute(path).string(), most_bytes);
    constexpr std::string_view hint = "create it with 'trilby validate --json >FILE'";
    if (!text) {
        return failure(
            ErrorCode::no_input,
            fmt::format(
                "'{}' {}", path.string(),
                why_missing(text.presence(), fmt::format("is not a regular file of at most {} MiB",
                                                         most_bytes >> 20))),
            std::string(hint));
    }
    auto past = parse_past_validation(*text, path.string());
    if (!past && past.error().hint.empty()) {
        past.error().hint = hint;
    }
    return past;
}

PastValidation past_of(const Validation& validation) {
    PastValidation past{.device_name = validation.subject.device_name,
                        .started = validation.started,
                        .level = validation.options.level,
                        .conditions = bit_conditions(validation)};
    for (const CheckResult& result : validation.results) {
        const CheckReport& report = result.report;
        past.checks.push_back({std::string(result.planned.check->name), report.verdict,
                               report.measurements,
                               report.digests.value_or(std::vector<RoundDigest>())});
    }
    return past;
}

bool Comparison::is_worse() const {
    return std::ranges::any_of(checks, [](const CheckChange& check) {
        return check.is_worse ||
               std::ranges::any_of(check.measurements, &MeasurementChange::is_worse);
    });
}

bool Comparison::is_noisy() const {
    return std::ranges::any_of(checks, [](const CheckChange& check) {
        return std::ranges::any_of(check.measurements, &MeasurementChange::is_noisy);
    });
}

Comparison compare(PastValidation before, PastValidation after) {
    Comparison out;
    const bool has_same_conditions = before.conditions && before.conditions == after.conditions;
    for (const PastCheck& check : before.checks) {
        out.checks.push_back(change(check, after, has_same_conditions));
    }
    for (const PastCheck& check : after.checks) {
        if (std::ranges::find(before.checks, check.name, &PastCheck::name) == before.checks.end()) {
            out.checks.push_back({.check = check.name, .after = check.verdict});
        }
    }
    out.before = std::move(before);
    out.after = std::move(after);
    return out;
}

}  // namespace trilby::validate
