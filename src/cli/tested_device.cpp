// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/tested_device.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "base/stopwatch.hpp"
#include "platform/file_tree.hpp"
#include "validate/device_kind.hpp"
#include "validate/environment.hpp"
#include "validate/memory_share.hpp"

namespace trilby::cli {
namespace {

bool loads_device(const std::vector<validate::PlannedCheck>& plan) {
    return std::ranges::any_of(
        plan, [](const validate::PlannedCheck& one) { return one.check->workers > 0; });
}

validate::VendorTelemetryOptions vendor_options(const Prepared& prepared,
                                                const validate::Subject& subject) {
    return {.worker_program = prepared.run.worker_program,
            .module = prepared.runtimes_module,
            .backend = subject.backend,
            .pci_address = loads_device(prepared.plan) ? subject.pci_address : std::string()};
}

}  // namespace

Device start_device(const validate::RunOptions& run) {
    const auto start = std::chrono::steady_clock::now();
    auto subject = validate::describe(run);
    return {std::move(subject), seconds_since(start)};
}

TestedDevice::TestedDevice(const Prepared& prepared, const validate::RunOptions& run,
                           const Device& device, validate::Subject subject,
                           const std::optional<MachineState>& state, Cards judged_cards)
    : prepared_(prepared),
      run_(run),
      device_(device),
      subject_(std::move(subject)),
      shares_its_card_(validate::shares_its_card(prepared.machine, subject_)),
      vendor_(vendor_options(prepared, subject_)),
      state_(state),
      judged_cards_(judged_cards) {
    examine();
    look_around();
    add_state_checks();
}

/// Adds what the device reports before the first check.
void TestedDevice::examine() {
    if (const auto* known = state_ ? state_->state_of(subject_.pci_address) : nullptr) {
        subject_.card = known->facts;
        subject_.idle = own(known->reading);
    } else {
        subject_.card = vendor_.facts();
        subject_.idle = read();
    }
}

/// The part of a card's reading that is about this device.
validate::Reading TestedDevice::own(validate::Reading reading) const {
    if (shares_its_card_) {
        validate::leave_out_totals_of_card(reading);
    }
    return reading;
}

validate::Reading TestedDevice::read() {
    auto reading = validate::read_telemetry(platform::FileTree(), subject_.pci_address);
    vendor_.add_to(reading);
    return own(std::move(reading));
}

/// Gives the run the system's facts about the device.
void TestedDevice::look_around() {
    const Machine& machine = prepared_.machine;
    run_.memory_bytes = validate::memory_share(machine, subject_, prepared_.options.level);
    run_.library_defects = validate::present_defects(machine, subject_.libraries);
    run_.read_telemetry = [this] { return read(); };
    run_.stuck_throttling = subject_.idle.throttle_reasons.value_or(std::set<std::string>());
    run_.expectations = [this](const validate::CheckInfo& check,
                               const validate::LoadedClocks& clocks) {
        auto expectations = validate::expectations_of(prepared_.machine, subject_, clocks);
        if (prepared_.expected) {
            std::ranges::copy(validate::limits_of(*prepared_.expected, check),
                              std::back_inserter(expectations));
        }
        return expectations;
    };
}

void TestedDevice::add_state_checks() {
    using validate::PlannedCheck;
    auto& checks = run_.state_checks;
    checks[validate::state_checks::known_answer] = [this](const PlannedCheck& planned) {
        return judge_known_answer(planned, device_);
    };
    checks[validate::state_checks::environment] = [this](const PlannedCheck& planned) {
        return validate::check_environment(planned, {.machine = prepared_.machine,
                                                     .subject = subject_,
                                                     .has_inventory = prepared_.has_links_in_file});
    };
    checks[validate::state_checks::health] = [this](const PlannedCheck& planned) {
        return state_->judge_health(planned, {.backend = prepared_.chosen_backend,
                                              .cards = judged_cards_,
                                              .address = subject_.pci_address,
                                              .has_inventory = prepared_.has_links_in_file});
    };
    checks[validate::state_checks::inventory] = [this](const PlannedCheck& planned) {
        return validate::check_inventory(planned, *prepared_.expected, state_->inventory(),
                                         subject_);
    };
}

}  // namespace trilby::cli
