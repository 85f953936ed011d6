// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/validate_machine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
#include "validate/machine_check.hpp"
#include "validate/machine_validation.hpp"
#include "validate/replay_command.hpp"
#include "validate/together.hpp"

namespace trilby::cli {
namespace {

using Results = std::vector<validate::CheckResult>;

/// A device that is at another address than when it was listed is not the same one.
Device require_same(Device device, const validate::Subject& listed) {
    if (device.subject && !listed.pci_address.empty() &&
        device.subject->pci_address != listed.pci_address) {
        device.subject =
            worker::refused({ErrorCode::failed,
                             fmt::format("device {} was at '{}' and is now at '{}'", listed.device,
                                         listed.pci_address, device.subject->pci_address),
                             "a card may be lost: look at 'journalctl -k'"});
    }
    return device;
}

Device start_listed(const ListedDevice& listed) {
    Device device = start_device(listed.run);
    if (device.subject) {  // the worker may see only this one, and counts from 0
        device.subject->device = listed.subject.device;
    }
    return require_same(std::move(device), listed.subject);
}

/// Starts all devices at the same time. One that does not start has the reason in its place.
std::vector<Device> start_all(const std::vector<ListedDevice>& listed) {
    std::vector<std::future<Device>> pending;
    for (const ListedDevice& one : listed) {
        pending.push_back(std::async([&one] { return start_listed(one); }));
    }
    std::vector<Device> devices;
    std::ranges::transform(pending, std::back_inserter(devices),
                           [](auto& one) { return one.get(); });
    return devices;
}

std::vector<validate::Subject> subjects_of(const std::vector<ListedDevice>& listed) {
    std::vector<validate::Subject> subjects;
    std::ranges::transform(listed, std::back_inserter(subjects), &ListedDevice::subject);
    return subjects;
}

std::set<std::string> addresses_of(const std::vector<ListedDevice>& listed) {
    std::set<std::string> addresses;
    for (const ListedDevice& one : listed) {
        addresses.insert(one.subject.pci_address);
    }
    return addresses;
}

/// The known answer, which was not given, and the checks that could not follow.
Results results_without_start(const Prepared& prepared, const Device& device) {
    const validate::CheckInfo* known_answer =
        validate::find_check(validate::state_checks::known_answer);
    Results results{judge_known_answer({.check = known_answer}, device)};
    for (const validate::PlannedCheck& planned : prepared.plan) {
        if (planned.check != known_answer && planned.check->scope == validate::Scope::device) {
            results.push_back(validate::not_run(planned, "the device did not start"));
        }
    }
    return results;
}

/// All devices of the backend. Those that started are tested.
class WholeMachine {
  public:
    WholeMachine(const ValidateOptions& options, const Prepared& prepared,
                 const std::vector<ListedDevice>& listed)
        : prepared_(prepared), listed_(listed), started_(start_all(listed)) {
        if (needs_state(options, prepared)) {
            state_.emplace(prepared.machine, addresses_of(listed), prepared.run.silence_limit);
        }
        for (std::size_t i = 0; i < listed.size(); ++i) {
            validation_.devices.push_back(begin_validation(prepared, listed[i].subject));
            if (started_[i].subject) {
                add_tested(started_[i], listed[i]);
            } else {
                validation_.devices[i].results = results_without_start(prepared, started_[i]);
            }
        }
        validation_.alone.resize(listed.size());
        validation_.unseen =
            validate::unseen_cards(prepared.machine, prepared.run.backend, subjects_of(listed));
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
        run_checks_of_machine(plan.machine, view);
        validation_.outliers = validate::find_outliers(validation_.devices);
        validation_.bits = validate::compare_bits(validation_.devices);
        for (validate::BitDifference& difference : validation_.bits.differences) {
            add_replay(difference);
        }
        validation_.seconds = seconds_since(start);
        for (validate::Validation& device : validation_.devices) {
            device.seconds = validation_.seconds;
        }
        was_interrupted_ = is_interrupted();  // a signal after the checks changes nothing
    }

  private:
    [[nodiscard]] bool is_interrupted() const { return prepared_.run.interrupts->count() > 0; }

    void add_tested(const Device& device, const ListedDevice& listed) {
        auto tested = std::make_unique<TestedDevice>(prepared_, listed.run, device, *device.subject,
                                                     state_, Cards::own);
        tested->run().memory_bytes /= listed.memory_sharers;
        validation_of(*tested).subject = tested->subject();
        tested_.push_back(std::move(tested));
    }

    static std::size_t place_of(const TestedDevice& tested) {
        return static_cast<std::size_t>(tested.subject().device);
    }
    validate::Validation& validation_of(const TestedDevice& tested) {
        return validation_.devices[place_of(tested)];
    }

    /// Adds the commands that repeat the round on two devices that differ, and compare both.
    void add_replay(validate::BitDifference& difference) const {
        const std::array devices{difference.other, difference.devices.front()};
        validate::PlannedCheck planned = *std::ranges::find_if(
            prepared_.plan, [&](const auto& one) { return one.check->name == difference.check; });
        planned.round = difference.round;
        for (const std::int64_t device : devices) {
            const validate::RunOptions& run = listed_[static_cast<std::size_t>(device)].run;
            difference.replay.push_back(
                fmt::format("{} --json >{}.json", validate::replay_command(planned, run), device));
        }
        difference.replay.push_back(fmt::format("trilby validate --compare {}.json --with {}.json",
                                                devices[0], devices[1]));
    }

    void run_together(const std::vector<validate::PlannedCheck>& plan, MachineView& view) {
        std::vector<validate::RunOptions> runs;
        for (const auto& tested : tested_) {
            runs.push_back(tested->run());
            runs.back().on_progress = [&](const validate::PlannedCheck& check, double part) {
                view.show(check, part);
            };
            runs.back().on_result =
                [&view, device = tested->subject().device](const validate::CheckResult& result) {
                    view.show(device, result);
                };
        }
        std::vector<Results> results = validate::run_together(plan, runs);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            validation_of(*tested_[i]).results = std::move(results[i]);
        }
    }

    /// Leaves out devices that did not answer before.
    void run_alone(const std::vector<validate::PlannedCheck>& plan, MachineView& view) {
        for (const auto& tested : tested_) {
            validate::RunOptions run = tested->run();
            run.on_progress = [&](const validate::PlannedCheck& check, double part) {
                view.show(check, part);
            };
            if (!validate::is_silent(validation_, place_of(*tested))) {
                validation_.alone[place_of(*tested)] = validate::run_all(plan, run);
            }
        }
    }

    /// Comes after all other checks, which show which devices answer.
    void run_checks_of_machine(const std::vector<validate::PlannedCheck>& plan, MachineView& view) {
        std::vector<validate::MachineDevice> devices;
        for (const ListedDevice& listed : listed_) {
            devices.push_back({.run = listed.run, .has_started = false});
        }
        for (const auto& tested : tested_) {
            validate::MachineDevice& device = devices[place_of(*tested)];
            device = {.run = tested->run()};
            device.run.on_progress = [&](const validate::PlannedCheck& check, double part) {
                view.show(check, part);
            };
        }
        for (const validate::PlannedCheck& planned : plan) {
            validation_.results.push_back(
                is_interrupted() ? validate::not_run(planned, validate::was_stopped)
                                 : validate::run_machine_check(planned, validation_, devices));
        }
    }

    const Prepared& prepared_;
    const std::vector<ListedDevice>& listed_;
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
                     const std::vector<ListedDevice>& listed) {
    WholeMachine machine(options, prepared, listed);
    // With --json, standard output is only for the document at the end.
    MachineView view(options.as_json ? stderr : stdout, prepared.plan);
    view.show(machine.validation().devices);
    machine.carry_out(view);
    view.show(machine.validation());
    if (options.as_json) {
        print(json_text(report::to_json(machine.validation())));
    }
    const int code = exit_code_of(machine);
    if (const auto written = write_reports(options.files, machine.validation()); !written) {
        const int error_code = report::print_error(written.error(), false);  // not as a document
        return machine.was_interrupted() ? code : error_code;
    }
    return code;
}

}  // namespace trilby::cli
