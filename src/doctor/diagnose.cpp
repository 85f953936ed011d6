// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/text.hpp"
#include "doctor/condition.hpp"
#include "machine/containers.hpp"

namespace trilby::doctor {
namespace {

std::vector<std::string> steps_of(std::string_view text) {
    const auto lines = split_lines(text);
    return {lines.begin(), lines.end()};
}

constexpr std::string_view lead_to_host = "On the host: ";
constexpr std::string_view ask_the_host = "On the host: run 'trilby doctor' and follow its steps.";

std::string on_the_host(std::string_view steps) {
    std::string text;
    for (const std::string_view step : split_lines(steps)) {
        text += fmt::format("{}{}{}", text.empty() ? "" : "\n",
                            step.starts_with("On ") ? "" : lead_to_host, step);
    }
    return text;
}

std::string_view remedy_of(const Remedy& remedy, System system) {
    std::string_view text;
    switch (system) {
        case System::atomic:
            text = remedy.atomic.empty() ? remedy.fedora : remedy.atomic;
            break;
        case System::fedora:
            text = remedy.fedora;
            break;
        case System::debian:
            text = remedy.debian;
            break;
        case System::other:
            break;
    }
    return text.empty() ? remedy.any : text;
}

struct Found {
    const Condition* condition;
    Finding finding;
};

Finding make_finding(const Family& family, const Condition& condition, const Facts& facts,
                     std::vector<std::string> evidence) {
    return {.id = std::string(condition.id.text),
            .family = std::string(family.name),
            .severity = condition.weigh != nullptr ? condition.weigh(facts) : condition.severity,
            .title = std::string(condition.title),
            .evidence = std::move(evidence),
            .why = std::string(condition.why),
            .remedy = steps_of(remedy_for(condition, facts)),
            .place = condition.place};
}

std::vector<Found> find_conditions(const Facts& facts) {
    std::vector<Found> all;
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            if (auto evidence = condition.find(facts)) {
                all.push_back(
                    {&condition, make_finding(family, condition, facts, std::move(*evidence))});
            }
        }
    }
    return all;
}

bool has_found_cause(const Condition& condition, const std::set<std::string_view>& found) {
    return std::ranges::any_of(condition.causes,
                               [&](ConditionId cause) { return found.contains(cause.text); });
}

}  // namespace

std::string remedy_for(const Condition& condition, const Facts& facts) {
    const Remedy& remedy = condition.remedy;
    const bool is_of_host = condition.place == Place::host;
    const bool is_closed = is_in_closed_container(facts.machine);
    const bool is_toolbx = is_in_container(facts.machine) && !is_closed;
    if (is_closed && !remedy.container.empty()) {
        return std::string(remedy.container);
    }
    // The steps for Toolbx are written for its usual image and its usual host.
    const System fixed = is_of_host ? facts.host_system.value_or(System::fedora) : facts.system;
    if (is_toolbx && !remedy.toolbx.empty() && fixed == System::fedora) {
        return std::string(remedy.toolbx);
    }
    if (!is_of_host || !is_in_container(facts.machine)) {
        return std::string(remedy_of(remedy, facts.system));
    }
    return facts.host_system ? on_the_host(remedy_of(remedy, *facts.host_system))
                             : std::string(ask_the_host);
}

}  // namespace trilby::doctor

namespace trilby {

Diagnosis diagnose(const Machine& machine) {
    std::vector<doctor::Found> all = doctor::find_conditions(doctor::Facts(machine));
    std::set<std::string_view> ids;
    for (const doctor::Found& one : all) {
        ids.insert(one.condition->id.text);
    }
    // Families and conditions are in the order of causes, which a stable sort keeps.
    std::ranges::stable_sort(all, {},
                             [](const doctor::Found& one) { return one.finding.severity; });
    Diagnosis diagnosis;
    for (doctor::Found& one : all) {
        auto& list = doctor::has_found_cause(*one.condition, ids) ? diagnosis.consequences
                                                                  : diagnosis.findings;
        list.push_back(std::move(one.finding));
    }
    return diagnosis;
}

bool Diagnosis::is_blocked() const {
    return std::ranges::any_of(
        findings, [](const Finding& finding) { return finding.severity == Severity::blocks; });
}

}  // namespace trilby
