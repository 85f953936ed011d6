// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "report/machine_json.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

json::array names_json(const std::vector<std::string>& names) {
    return json::array(names.begin(), names.end());
}

json::object subject_json(const validate::Subject& subject) {
    json::object out{{"backend", subject.backend},
                     {"device", subject.device},
                     {"name", subject.device_name},
                     {"threads", subject.threads},
                     {"libraries", subject.libraries}};
    out["pci_address"] =
        subject.pci_address.empty() ? json::value(nullptr) : json::value(subject.pci_address);
    return out;
}

json::object result_json(const validate::CheckResult& result) {
    json::object out{{"check", result.planned.check->name},
                     {"family", result.planned.check->family},
                     {"seed", result.planned.seed},
                     {"seconds_planned", result.planned.seconds},
                     {"seconds", result.seconds},
                     {"hint", result.hint},
                     {"replay", result.replay},
                     {"output", result.output}};
    for (auto& [key, value] : to_json(result.report)) {
        out[key] = value;
    }
    if (result.persistence) {
        out["persistence"] = persistence_name(*result.persistence);
    }
    if (result.fails_with_other_seed) {
        out["fails_with_other_seed"] = *result.fails_with_other_seed;
    }
    return out;
}

/// Null of nothing.
json::value rate_json(const validate::Rate& rate, bool is_known) {
    if (!is_known) {
        return nullptr;
    }
    return json::object{{"value", rate.value}, {"low", rate.low}, {"high", rate.high}};
}

}  // namespace

json::object to_json(const validate::Validation& validation) {
    json::array results;
    for (const validate::CheckResult& result : validation.results) {
        results.push_back(result_json(result));
    }
    const json::value budget = validation.options.budget_seconds
                                   ? json::value(*validation.options.budget_seconds)
                                   : json::value(nullptr);
    return {{"schema", 1},
            {"trilby", validation.program_version},
            {"conclusion", conclusion_name(conclude(validation))},
            {"started", validation.started},
            {"seconds", validation.seconds},
            {"level", validation.options.level},
            {"seed", validation.options.seed},
            {"budget_seconds", budget},
            {"excluded", names_json(left_out(validation))},
            {"subject", subject_json(validation.subject)},
            {"machine", to_json(validation.machine)},
            {"results", std::move(results)}};
}

json::object checks_json() {
    json::array checks;
    for (const validate::CheckInfo& check : validate::known_checks()) {
        checks.push_back(
            json::object{{"name", check.name},
                         {"family", check.family},
                         {"summary", check.summary},
                         {"finds", check.finds},
                         {"seconds", json::array(check.seconds.begin(), check.seconds.end())}});
    }
    return {{"schema", 1}, {"checks", std::move(checks)}};
}

json::object to_json(const validate::SelfTest& self_test) {
    json::array cells;
    for (const validate::SelfTestCell& cell : self_test.cells) {
        cells.push_back(json::object{{"fault", fault_name(cell.fault)},
                                     {"check", cell.check->name},
                                     {"injected", cell.injected},
                                     {"detected", cell.detected}});
    }
    json::array alarms;
    for (const validate::CheckResult& result : self_test.false_alarms) {
        alarms.push_back(result_json(result));
    }
    return {{"schema", 1},
            {"complete", !self_test.was_stopped},
            {"detection_rate", rate_json(self_test.detection_rate(), self_test.injected() > 0)},
            {"false_alarm_rate", rate_json(self_test.false_alarm_rate(), self_test.clean_runs > 0)},
            {"clean_runs", self_test.clean_runs},
            {"false_alarms", self_test.false_alarms.size()},
            {"alarms", std::move(alarms)},
            {"cells", std::move(cells)}};
}

}  // namespace trilby::report
