// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/findings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace trilby::validate {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) {
        names.push_back(name);
    }
}

}  // namespace

void Findings::add(ComparedResult result) {
    add_covered(result.what.substr(0, result.what.find(',')));
    if (result.error_map && !has_wrong_values()) {
        plot(std::move(*result.error_map));
    }
    report_.values_compared += result.values;
    report_.values_wrong += result.wrong;
    for (Mismatch& mismatch : result.mismatches) {
        if (report_.mismatches.size() < most_mismatches) {
            report_.mismatches.push_back(std::move(mismatch));
        }
    }
}

void Findings::add_covered(const std::string& what) {
    add_once(report_.covered, what);
}

void Findings::add_lacking(const std::string& what) {
    add_once(report_.lacking, what);
}

void Findings::measure(const Quantity& quantity, double value, std::string basis,
                       std::optional<double> unshared) {
    report_.measurements.push_back({.name = std::string(quantity.name),
                                    .unit = std::string(quantity.unit),
                                    .value = value,
                                    .least = {},
                                    .basis = std::move(basis),
                                    .unshared = unshared});
}

void Findings::explain_skip(SkipReason reason, std::string why) {
    skip_ = {reason, std::move(why)};
}

CheckReport Findings::finish(std::uint64_t faults_injected) && {
    report_.faults_injected = faults_injected;
    if (has_wrong_values()) {
        report_.verdict = Verdict::fail;
        report_.message = fmt::format("{} of {} values are wrong; first: {}", report_.values_wrong,
                                      report_.values_compared, report_.mismatches.front().where);
        report_.message += way_.empty() ? "" : "; " + way_;
    } else if (report_.values_compared == 0 && report_.measurements.empty()) {
        report_.verdict = Verdict::skip;
        report_.skip_reason = skip_.reason;
        report_.message = skip_.why;
    } else {
        report_.verdict = Verdict::pass;
        report_.message = std::move(way_);
    }
    return std::move(report_);
}

}  // namespace trilby::validate
