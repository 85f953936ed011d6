// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/self_test.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <utility>

#include "base/random.hpp"

namespace trilby::validate {
namespace {

// A device that hangs stays silent, however long the self-test waits.
constexpr std::chrono::seconds longest_hang{10};

bool is_alarm(const CheckResult& result) {
    return result.report.verdict > Verdict::not_run;
}

/// Whether the fault is the reason for the verdict. A check that ends early leaves no report that
/// counts the fault, so its worker must at least have begun it.
bool is_detected(const CheckResult& result, FaultClass fault, bool was_begun) {
    const bool was_injected = info_of(fault).kind == FaultKind::ends_process
                                  ? was_begun
                                  : result.report.faults_injected > 0;
    return was_injected && result.report.verdict == verdict_of_detection(fault);
}

/// Counts a trial that is over.
void count(SelfTestCell& cell, const CheckResult& result, bool was_begun) {
    const bool is_found = is_detected(result, cell.fault, was_begun);
    if (is_alarm(result) && !is_found) {
        cell.others.push_back(result);
        return;
    }
    cell.injected += is_found || result.report.faults_injected > 0 ? 1 : 0;
    if (is_found) {
        ++cell.detected;
        cell.seconds.push_back(result.seconds);
    }
}

struct Counts {
    std::uint64_t injected = 0;
    std::uint64_t detected = 0;
};

Counts count_cells(const std::vector<SelfTestCell>& cells, const auto& is_counted) {
    Counts counts;
    for (const SelfTestCell& cell : cells) {
        if (is_counted(cell)) {
            counts.injected += cell.injected;
            counts.detected += cell.detected;
        }
    }
    return counts;
}

constexpr auto every_cell = [](const SelfTestCell&) { return true; };

Rate rate_of_detection(const Counts& counts) {
    return rate_of(counts.detected, counts.injected);
}

}  // namespace

std::uint64_t SelfTest::injected() const {
    return count_cells(cells, every_cell).injected;
}

std::uint64_t SelfTest::detected() const {
    return count_cells(cells, every_cell).detected;
}

Rate SelfTest::detection_rate() const {
    return rate_of_detection(count_cells(cells, every_cell));
}

Rate SelfTest::detection_rate(FaultClass fault) const {
    return rate_of_detection(
        count_cells(cells, [&](const SelfTestCell& cell) { return cell.fault == fault; }));
}

std::uint64_t SelfTest::other_ends() const {
    std::uint64_t ends = 0;
    for (const SelfTestCell& cell : cells) {
        ends += cell.others.size();
    }
    return ends;
}

std::vector<FaultDetection> SelfTest::by_fault_and_level() const {
    std::map<std::pair<FaultClass, int>, FaultDetection> found;
    for (const SelfTestCell& cell : cells) {
        FaultDetection& one = found[{cell.fault, cell.level}];
        one.fault = cell.fault;
        one.level = cell.level;
        one.injected += cell.injected;
        one.detected += cell.detected;
        std::ranges::copy(cell.seconds, std::back_inserter(one.seconds));
    }
    std::vector<FaultDetection> out;
    for (auto& [key, one] : found) {
        out.push_back(std::move(one));
    }
    return out;
}

bool applies(FaultClass fault, const PlannedCheck& planned) {
    // Up to half of the time goes into comparing the results.
    const bool is_speed_judged = planned.seconds >= 2 * least_seconds_to_judge;
    return planned.check->detects.contains(fault) &&
           (is_speed_judged || info_of(fault).kind != FaultKind::slows);
}

namespace {

bool is_wanted(FaultClass fault, const SelfTestOptions& settings) {
    return settings.faults.empty() ||
           std::ranges::find(settings.faults, fault) != settings.faults.end();
}

/// The trials of a self-test, each with a seed of its own, until the user stops.
class Trials {
  public:
    Trials(const SelfTestOptions& settings, SelfTest& out)
        : settings_(settings), seeds_(settings.seed), out_(out) {}

    void run_clean(const PlannedCheck& planned, const RunOptions& options) {
        for_each_trial(planned, options, [&](const CheckResult& result) {
            ++out_.clean_runs;
            if (is_alarm(result)) {
                out_.false_alarms.push_back(result);
            }
        });
    }

    [[nodiscard]] SelfTestCell run_faulty(const PlannedCheck& planned, const RunOptions& options,
                                          FaultClass fault) {
        SelfTestCell cell{.fault = fault, .check = planned.check, .level = options.level};
        RunOptions faulty = options;
        faulty.fault = fault;
        bool was_begun = false;
        faulty.when_ready = [&] { was_begun = true; };
        if (fault == FaultClass::hang) {
            faulty.hang_limit =
                std::min<std::chrono::milliseconds>(longest_hang, options.silence_limit);
        }
        for_each_trial(planned, faulty, [&](const CheckResult& result) {
            count(cell, result, std::exchange(was_begun, false));
        });
        return cell;
    }

  private:
    void for_each_trial(const PlannedCheck& planned, const RunOptions& options,
                        const std::function<void(const CheckResult&)>& take) {
        for (std::uint64_t trial = 0; trial < settings_.trials && !out_.was_stopped; ++trial) {
            PlannedCheck one = planned;
            one.seed = seeds_() >> 11;
            const CheckResult result = run_once(one, options);
            out_.was_stopped = result.report.verdict == Verdict::not_run;
            if (!out_.was_stopped) {
                take(result);
            }
        }
    }

    const SelfTestOptions& settings_;
    SplitMix64 seeds_;
    SelfTest& out_;
};

}  // namespace

SelfTest self_test(const std::vector<SelfTestLevel>& levels, const SelfTestOptions& settings,
                   const std::function<void(const SelfTestCell&)>& on_cell) {
    SelfTest out;
    Trials trials(settings, out);
    for (const SelfTestLevel& level : levels) {
        for (const PlannedCheck& planned : level.plan) {
            trials.run_clean(planned, level.options);
            for (const FaultInfo& fault : known_faults()) {
                if (out.was_stopped) {
                    return out;
                }
                if (is_wanted(fault.fault, settings) && applies(fault.fault, planned)) {
                    out.cells.push_back(trials.run_faulty(planned, level.options, fault.fault));
                    on_cell(out.cells.back());
                }
            }
        }
    }
    return out;
}

namespace {

/// Why no cell of the fault has one that was injected.
std::string why_untested(const std::vector<SelfTestCell>& cells, const auto& is_of_fault) {
    const auto ended_otherwise = [&](const SelfTestCell& cell) {
        return is_of_fault(cell) && !cell.others.empty();
    };
    if (std::ranges::any_of(cells, ended_otherwise)) {
        return "its trials ended for another reason";
    }
    return std::ranges::any_of(cells, is_of_fault)
               ? "it changed nothing in these trials"
               : "it was left out, or no check that was tried can detect it";
}

}  // namespace

std::vector<Untested> untested(const SelfTest& self_test) {
    const auto& cells = self_test.cells;
    std::vector<Untested> out;
    for (const FaultInfo& fault : known_faults()) {
        const auto of_fault = [&](const SelfTestCell& cell) { return cell.fault == fault.fault; };
        if (count_cells(cells, of_fault).injected == 0) {
            out.push_back({fmt::format("fault {}", fault.name), why_untested(cells, of_fault)});
        }
    }
    for (const CheckInfo& check : known_checks()) {
        if (check.workers > 0 &&
            std::ranges::find(cells, &check, &SelfTestCell::check) == cells.end()) {
            out.push_back({fmt::format("check {}", check.name),
                           check.scope == Scope::machine
                               ? "it is for all devices together, and a self-test is for one"
                               : "it was left out, stopped, or detects none of the faults that "
                                 "were tried"});
        }
    }
    return out;
}

}  // namespace trilby::validate
