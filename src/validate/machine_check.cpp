// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/machine_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace trilby::validate {
namespace {

/// Whether one worker sees both.
bool are_shown_together(const MachineDevice& one, const MachineDevice& other) {
    return one.run.environment == other.run.environment;
}

/// Empty if the device can take part.
std::string why_left_out(const MachineValidation& so_far, std::size_t place, bool has_started) {
    if (!has_started) {
        return "left out, since it did not start";
    }
    return is_silent(so_far, place) ? "left out, since it did not answer before" : "";
}

/// The devices that work, and why the others are left out.
struct Participants {
    std::vector<RunOptions> devices;
    std::vector<Issue> left_out;
};

Participants participants_of(const MachineValidation& so_far,
                             const std::vector<MachineDevice>& devices) {
    Participants out;
    for (std::size_t place = 0; place < devices.size(); ++place) {
        if (!are_shown_together(devices.front(), devices[place])) {
            continue;
        }
        const std::string why = why_left_out(so_far, place, devices[place].has_started);
        if (why.empty()) {
            out.devices.push_back(devices[place].run);
        } else {
            out.left_out.push_back(
                {.kind = IssueKind::unknown,
                 .where = fmt::format("device {}", so_far.devices[place].subject.device),
                 .found = why,
                 .expected = {},
                 .remedy = {}});
        }
    }
    return out;
}

/// The worker is that of the first device. No device has more memory than the smallest.
RunOptions options_of(const std::vector<RunOptions>& devices) {
    RunOptions options = devices.front();
    for (const RunOptions& one : devices) {
        options.devices.push_back(one.device);
        options.memory_bytes = std::min(options.memory_bytes, one.memory_bytes);
    }
    options.read_telemetry = {};  // of a single device
    return options;
}

/// The counters of errors of each device. The rest of its telemetry says nothing about the check.
class ErrorCounters {
  public:
    explicit ErrorCounters(const std::vector<RunOptions>& devices) {
        for (const RunOptions& one : devices) {
            if (one.read_telemetry) {
                logs_.emplace_back(one.device, TelemetryLog(one.read_telemetry));
            }
        }
    }

    void sample() {
        for (auto& [device, log] : logs_) {
            log.sample();
        }
    }

    /// Takes the last reading, and adds the counters that have risen. A check that came to its end
    /// fails by them; of another, they tell why it ended.
    void add_to(CheckResult& result) {
        for (auto& [device, log] : logs_) {
            CheckReport judged{.verdict = Verdict::pass};
            log.add_to(judged);
            log.judge(judged);
            const std::string name = fmt::format("device {}: ", device);
            if (came_to_its_end(result.report.verdict)) {
                add_failures(result.report, name, judged);
            }
            for (ErrorEvent& event : log.errors()) {
                event.counter = name + event.counter;
                result.errors.push_back(std::move(event));
            }
        }
    }

  private:
    static void add_failures(CheckReport& report, const std::string& device,
                             const CheckReport& judged) {
        for (const Mismatch& risen : judged.mismatches) {
            expect(report, false, device + risen.where, risen.expected, risen.found);
        }
    }

    std::vector<std::pair<std::int64_t, TelemetryLog>> logs_;
};

CheckResult run_on(const std::vector<RunOptions>& devices, const PlannedCheck& planned) {
    ErrorCounters counters(devices);
    RunOptions options = options_of(devices);
    options.on_progress = [&](const PlannedCheck& check, double part) {
        counters.sample();
        if (devices.front().on_progress) {
            devices.front().on_progress(check, part);
        }
    };
    CheckResult result = run_once(planned, options);
    if (result.report.verdict != Verdict::not_run) {
        counters.add_to(result);
    }
    follow_up(result, options);
    return result;
}

CheckResult does_not_apply(const PlannedCheck& planned, const std::string& why) {
    CheckResult result{.planned = planned};
    result.report.verdict = Verdict::skip;
    result.report.skip_reason = SkipReason::not_applicable;
    result.report.message = why;
    return result;
}

}  // namespace

CheckResult run_machine_check(const PlannedCheck& planned, const MachineValidation& so_far,
                              const std::vector<MachineDevice>& devices) {
    const auto together = std::ranges::count_if(
        devices, [&](const auto& one) { return are_shown_together(devices.front(), one); });
    if (together < 2) {
        return does_not_apply(planned, devices.size() == 1 ? "the backend has a single device"
                                                           : "no process sees two of the devices");
    }
    Participants participants = participants_of(so_far, devices);
    CheckResult result = participants.devices.size() < 2
                             ? not_run(planned, "fewer than two devices work")
                             : run_on(participants.devices, planned);
    std::ranges::move(participants.left_out, std::back_inserter(result.issues));
    return result;
}

}  // namespace trilby::validate
