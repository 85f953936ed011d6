// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/self_test.hpp"

#include <algorithm>
#include <array>

#include "base/random.hpp"

namespace trilby::validate {
namespace {

// A device that hangs says nothing; waiting longer would find nothing more.
constexpr std::chrono::seconds hang_limit{10};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

bool is_detected(const CheckResult& result) {
    return result.report.verdict > Verdict::not_run;
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

Rate SelfTest::detection_rate() const {
    return rate_of_detection(count_cells(cells, every_cell));
}

Rate SelfTest::detection_rate(FaultClass fault) const {
    return rate_of_detection(
        count_cells(cells, [&](const SelfTestCell& cell) { return cell.fault == fault; }));
}

bool applies(FaultClass fault, const PlannedCheck& planned) {
    const CheckInfo& check = *planned.check;
    if (check.workers == 0) {
        return false;
    }
    // Up to half of the time goes into looking at what came out.
    const bool is_speed_judged = planned.seconds >= 2 * least_seconds_to_judge;
    switch (fault) {
        case FaultClass::slow_clock:
            return is_speed_judged && is_one_of(check.name, {"bandwidth", "compute", "latency",
                                                             "training-speed", "soak"});
        case FaultClass::slow_memory:
            return is_speed_judged && check.name == "bandwidth";
        case FaultClass::narrow_link:
            return is_speed_judged && check.name == "transfers";
        case FaultClass::lying_telemetry:
            return check.name == "compute";
        case FaultClass::wrong_rounding:
            // Where values are rounded at all, and compared with something that is not.
            return is_one_of(check.name,
                             {"elementwise", "matmul", "convolution", "attention", "normalization",
                              "reductions", "chains", "optimizers", "training"});
        case FaultClass::stuck_bit:
            // Where results are compared with something else than another result of the device, or
            // judged by more than their distribution.
            return !is_one_of(check.name,
                              {"determinism", "random", "compute", "training-speed", "soak"});
        default:
            return true;
    }
}

namespace {

/// The trials of a self-test, each with a seed of its own, until the user stops.
class Trials {
  public:
    Trials(const RunOptions& options, const SelfTestOptions& settings, SelfTest& out)
        : options_(options), settings_(settings), seeds_(settings.seed), out_(out) {}

    void run_clean(const PlannedCheck& planned) {
        for_each_trial(planned, options_, [&](const CheckResult& result) {
            ++out_.clean_runs;
            if (is_detected(result)) {
                out_.false_alarms.push_back(result);
            }
        });
    }

    [[nodiscard]] SelfTestCell run_faulty(const PlannedCheck& planned, FaultClass fault) {
        SelfTestCell cell{fault, planned.check};
        RunOptions faulty = options_;
        faulty.fault = fault;
        faulty.silence_limit =
            std::min<std::chrono::milliseconds>(hang_limit, options_.silence_limit);
        for_each_trial(planned, faulty, [&](const CheckResult& result) {
            // A check that ended badly leaves no report to say that the fault struck.
            const bool was_injected = result.report.faults_injected > 0 || is_detected(result);
            cell.injected += was_injected ? 1 : 0;
            cell.detected += is_detected(result) ? 1 : 0;
        });
        return cell;
    }

  private:
    void for_each_trial(const PlannedCheck& planned, const RunOptions& options,
                        const std::function<void(const CheckResult&)>& count) {
        for (std::uint64_t trial = 0; trial < settings_.trials && !out_.was_stopped; ++trial) {
            PlannedCheck one = planned;
            one.seed = seeds_() >> 11;
            const CheckResult result = run_once(one, options);
            out_.was_stopped = result.report.verdict == Verdict::not_run;
            if (!out_.was_stopped) {
                count(result);
            }
        }
    }

    const RunOptions& options_;
    const SelfTestOptions& settings_;
    SplitMix64 seeds_;
    SelfTest& out_;
};

}  // namespace

SelfTest self_test(const std::vector<PlannedCheck>& plan, const RunOptions& options,
                   const SelfTestOptions& settings,
                   const std::function<void(const SelfTestCell&)>& on_cell) {
    SelfTest out;
    Trials trials(options, settings, out);
    for (const PlannedCheck& planned : plan) {
        trials.run_clean(planned);
        for (const FaultInfo& fault : known_faults()) {
            if (out.was_stopped) {
                return out;
            }
            if (applies(fault.fault, planned)) {
                out.cells.push_back(trials.run_faulty(planned, fault.fault));
                on_cell(out.cells.back());
            }
        }
    }
    return out;
}

}  // namespace trilby::validate
