// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/validation.hpp"

#include <algorithm>

#include "base/enum_name.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {
namespace {

bool passed(const CheckResult& result) {
    return result.report.verdict == Verdict::pass;
}

bool does_not_apply(const CheckResult& result) {
    return result.report.verdict == Verdict::skip &&
           result.report.skip_reason == SkipReason::not_applicable;
}

bool went_wrong(const CheckResult& result) {
    return result.report.verdict > Verdict::not_run;
}

}  // namespace

std::map<std::string, std::string> unknown_facts(const Subject& subject) {
    std::map<std::string, std::string> facts = subject.idle.unknown;
    if (!subject.idle.problem.empty()) {
        facts["telemetry of the vendor's library"] = subject.idle.problem;
    }
    return facts;
}

std::vector<std::string> left_out(const Validation& validation) {
    std::vector<std::string> names;
    for (const CheckInfo& check : known_checks()) {
        const bool has_result = std::ranges::any_of(
            validation.results,
            [&](const CheckResult& result) { return result.planned.check == &check; });
        if (!has_result && check.scope == Scope::device) {
            names.emplace_back(check.name);
        }
    }
    return names;
}

Conclusion conclude(const std::vector<CheckResult>& results) {
    if (std::ranges::any_of(results, went_wrong)) {
        return Conclusion::failed;
    }
    const bool is_complete = std::ranges::all_of(
        results, [](const CheckResult& one) { return passed(one) || does_not_apply(one); });
    return is_complete && std::ranges::any_of(results, passed) ? Conclusion::passed
                                                               : Conclusion::incomplete;
}

Conclusion conclude(const Validation& validation) {
    return conclude(validation.results);
}

std::string_view conclusion_name(Conclusion conclusion) {
    return enum_name(conclusion);
}

}  // namespace trilby::validate
