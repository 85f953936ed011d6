// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/validate_machine.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fmt/format.h>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/print.hpp"
#include "base/stopwatch.hpp"
#include "cli/machine_view.hpp"
#include "cli/tested_device.hpp"
#include "report/error.hpp"
#include "report/machine_validation.hpp"
#include "validate/machine_validation.hpp"
#include "validate/together.hpp"

namespace trilby::cli {
namespace {

using Results = std::vector<validate::CheckResult>;

/// The devices share the CPUs, unless the user gives each of them a number of threads.
Prepared for_each_of(std::size_t count, const ValidateOptions& options, const Prepared& prepared) {
    Prepared out = prepared;
    if (!options.computing.threads) {
        out.run.threads =
            std::max<std::int64_t>(1, out.run.threads / static_cast<std::int64_t>(count));
    }
    return out;
}

validate::RunOptions run_of(const Prepared& prepared, std::int64_t device) {
    validate::RunOptions run = prepared.run;
    run.device = device;
    return run;
}

/// A device that is at another address than when it was listed is not the same one.
Device require_same(Device device, const validate::Subject& listed) {
    if (device.subject && device.subject->pci_address != listed.pci_address) {
        device.subject =
            worker::refused({ErrorCode::failed,
                             fmt::format("device {} was at '{}' and is now at '{}'", listed.device,
                                         listed.pci_address, device.subject->pci_address),
                             "a card may be lost: look at 'journalctl -k'"});
    }
    return device;
}

/// Starts all devices at the same time. One that does not start has the reason in its place.
std::vector<Device> start_all(const Prepared& prepared,
                              const std::vector<validate::Subject>& listed) {
    std::vector<std::future<Device>> pending;
    for (const validate::Subject& subject : listed) {
        pending.push_back(std::async([&prepared, device = subject.device] {
            return start_device(run_of(prepared, device));
        }));
    }
    std::vector<Device> devices;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        devices.push_back(require_same(pending[i].get(), listed[i]));
    }
    return devices;
}

std::set<std::string> addresses_of(const std::vector<validate::Subject>& subjects) {
    std::set<std::string> addresses;
    for (const validate::Subject& subject : subjects) {
        addresses.insert(subject.pci_address);
    }
    return addresses;
}

/// The known answer, which was not given, and the checks that could not follow.
Results results_without_start(const Prepared& prepared, const Device& device) {
    const validate::CheckInfo* known_answer =
        validate::find_check(validate::state_checks::known_answer);
    Results results{judge_known_answer({.check = known_answer}, device)};
    for (const validate::PlannedCheck& planned : prepared.plan) {
        if (planned.check != known_answer) {
            results.push_back(validate::not_run(planned, "the device did not start"));
        }
    }
    return results;
}

bool has_timed_out(const Results& results) {
    return std::ranges::any_of(results, [](const validate::CheckResult& result) {
        return result.report.verdict == validate::Verdict::time_out;
    });
}

/// All devices of the backend. Those that started are tested.
class WholeMachine {
  public:
    WholeMachine(const ValidateOptions& options, const Prepared& prepared,
                 const std::vector<validate::Subject>& listed)
        : prepared_(for_each_of(listed.size(), options, prepared)),
          started_(start_all(prepared_, listed)) {
        if (needs_state(options, prepared)) {
            state_.emplace(prepared.machine, addresses_of(listed), prepared.run.silence_limit);
        }
        for (std::size_t i = 0; i < listed.size(); ++i) {
            validation_.devices.push_back(begin_validation(prepared, listed[i]));
            if (started_[i].subject) {
                add_tested(started_[i], listed);
            } else {
                validation_.devices[i].results = results_without_start(prepared, started_[i]);
            }
        }
        validation_.alone.resize(listed.size());
        validation_.unseen = validate::unseen_cards(prepared.machine, prepared.run.backend, listed);
    }

    [[nodiscard]] const validate::MachineValidation& validation() const { return validation_; }
    [[nodiscard]] bool was_interrupted() const { return was_interrupted_; }

    void carry_out(MachineView& view) {
        const auto start = std::chrono::steady_clock::now();
        const validate::SharedPlan plan = validate::share_time(prepared_.plan, tested_.size());
        run_together(plan.together, view);
        if (!plan.alone.empty() && !is_interrupted()) {
            run_alone(plan.alone, view);
        }
        validation_.outliers = validate::find_outliers(validation_.devices);
        validation_.seconds = seconds_since(start);
        for (validate::Validation& device : validation_.devices) {
            device.seconds = validation_.seconds;
        }
        was_interrupted_ = is_interrupted();  // a signal after the checks changes nothing
    }

  private:
    [[nodiscard]] bool is_interrupted() const { return prepared_.run.interrupts->count() > 0; }

    void add_tested(const Device& device, const std::vector<validate::Subject>& all) {
        const validate::Subject& subject = *device.subject;
        auto tested = std::make_unique<TestedDevice>(prepared_, run_of(prepared_, subject.device),
                                                     device, subject, state_, Cards::own);
        // Parts of a card share its memory, and devices on no bus that of the host.
        tested->run().memory_bytes /= static_cast<std::uint64_t>(
            std::ranges::count(all, subject.pci_address, &validate::Subject::pci_address));
        validation_of(subject.device).subject = tested->subject();
        tested_.push_back(std::move(tested));
    }

    validate::Validation& validation_of(std::int64_t device) {
        return validation_.devices[static_cast<std::size_t>(device)];
    }

    void run_together(const std::vector<validate::PlannedCheck>& plan, MachineView& view) {
        std::vector<validate::RunOptions> runs;
        for (const auto& tested : tested_) {
            runs.push_back(tested->run());
            runs.back().on_progress = [&](const validate::PlannedCheck& check, double part) {
                view.show(check, part);
            };
            runs.back().on_result =
                [&view, device = runs.back().device](const validate::CheckResult& result) {
                    view.show(device, result);
                };
        }
        std::vector<Results> results = validate::run_together(plan, runs);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            validation_of(runs[i].device).results = std::move(results[i]);
        }
    }

    /// Leaves out a device that did not answer before: it would only make the others wait.
    void run_alone(const std::vector<validate::PlannedCheck>& plan, MachineView& view) {
        for (const auto& tested : tested_) {
            validate::RunOptions run = tested->run();
            run.on_progress = [&](const validate::PlannedCheck& check, double part) {
                view.show(check, part);
            };
            if (!has_timed_out(validation_of(run.device).results)) {
                validation_.alone[static_cast<std::size_t>(run.device)] =
                    validate::run_all(plan, run);
            }
        }
    }

    const Prepared prepared_;
    const std::vector<Device> started_;
    std::optional<MachineState> state_;
    std::vector<std::unique_ptr<TestedDevice>> tested_;
    validate::MachineValidation validation_;
    bool was_interrupted_ = false;
};

int exit_code_of(const WholeMachine& machine) {
    if (machine.was_interrupted()) {
        return static_cast<int>(ErrorCode::interrupted);
    }
    return validate::conclude(machine.validation()) == validate::Conclusion::passed
               ? 0
               : static_cast<int>(ErrorCode::failed);
}

}  // namespace

int validate_machine(const ValidateOptions& options, const Prepared& prepared,
                     const std::vector<validate::Subject>& listed) {
    WholeMachine machine(options, prepared, listed);
    // With --json, standard output is only for the document at the end.
    MachineView view(options.as_json ? stderr : stdout, prepared.plan);
    view.show(machine.validation().devices);
    machine.carry_out(view);
    view.show(machine.validation());
    if (options.as_json) {
        print(json_text(report::to_json(machine.validation())));
    }
    if (const auto written = write_reports(options.files, machine.validation()); !written) {
        return report::print_error(written.error(), false);  // the document is printed
    }
    return exit_code_of(machine);
}

}  // namespace trilby::cli
