// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <set>
#include <utility>

#include "doctor/condition.hpp"
#include "doctor/page.hpp"
#include "doctor/remedy.hpp"
#include "doctor/unread_facts.hpp"

namespace trilby::doctor {
namespace {

struct Found {
    const Condition* condition;
    Finding finding;
};

Finding make_finding(const Family& family, const Condition& condition, const Facts& facts,
                     std::vector<std::string> evidence) {
    Page page = with_values(page_of(condition.id.text),
                            condition.values != nullptr ? condition.values(facts) : Values());
    Steps remedy = remedy_of(page, condition.place, facts);
    return {.id = std::string(condition.id.text),
            .family = std::string(family.name),
            .severity = condition.weigh != nullptr ? condition.weigh(facts) : condition.severity,
            .title = std::move(page.title),
            .evidence = std::move(evidence),
            .why = std::move(page.why),
            .remedy = std::move(remedy),
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

/// A condition that keeps the devices of the family from being used, as far as their driver and
/// this container go.
bool explains(const Found& one, std::string_view family) {
    const bool is_related = one.finding.family == family || one.finding.family == "container";
    return is_related && !one.condition->is_fallback && one.condition->severity == Severity::blocks;
}

void drop_explained_fallbacks(std::vector<Found>& all) {
    std::vector<std::string> explained;
    for (const Found& one : all) {
        const bool is_explained = std::ranges::any_of(
            all, [&](const Found& other) { return explains(other, one.finding.family); });
        if (one.condition->is_fallback && is_explained) {
            explained.push_back(one.finding.id);
        }
    }
    std::erase_if(all, [&](const Found& one) {
        return std::ranges::find(explained, one.finding.id) != explained.end();
    });
}

bool has_found_cause(const Condition& condition, const std::set<std::string_view>& found) {
    return std::ranges::any_of(condition.causes,
                               [&](ConditionId cause) { return found.contains(cause.text); });
}

}  // namespace

}  // namespace trilby::doctor

namespace trilby {

Diagnosis diagnose(const Machine& machine) {
    std::vector<doctor::Found> all = doctor::find_conditions(doctor::Facts(machine));
    doctor::drop_explained_fallbacks(all);
    std::set<std::string_view> ids;
    for (const doctor::Found& one : all) {
        ids.insert(one.condition->id.text);
    }
    // Families and conditions are in the order of causes, which a stable sort keeps.
    std::ranges::stable_sort(all, {},
                             [](const doctor::Found& one) { return one.finding.severity; });
    Diagnosis diagnosis{
        .findings = {}, .consequences = {}, .unread = doctor::unread_facts(machine)};
    for (doctor::Found& one : all) {
        auto& list = doctor::has_found_cause(*one.condition, ids) ? diagnosis.consequences
                                                                  : diagnosis.findings;
        list.push_back(std::move(one.finding));
    }
    return diagnosis;
}

bool is_command(std::string_view step) {
    return !step.ends_with('.') && !step.ends_with(':');
}

bool Diagnosis::is_blocked() const {
    return std::ranges::any_of(
        findings, [](const Finding& finding) { return finding.severity == Severity::blocks; });
}

}  // namespace trilby
