// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/machine_state.hpp"

#include <algorithm>

#include "install/folders.hpp"
#include "platform/file_tree.hpp"

namespace trilby::cli {

MachineState::MachineState(const Machine& machine, const std::set<std::string>& in_use,
                           std::chrono::milliseconds limit)
    : machine_(machine),
      host_{.reading = validate::read_telemetry(platform::FileTree(), "")},
      cards_(validate::read_cards(validate::cards_of(machine_),
                                  {.worker_program = install::worker_program(),
                                   .runtimes_module = install::runtimes_module(),
                                   .awake = in_use,
                                   .limit = std::min(limit, validate::CardStateOptions().limit)})),
      inventory_(validate::inventory_of(machine_, cards_)) {}

const validate::CardState* MachineState::state_of(const std::string& pci_address) const {
    if (pci_address.empty()) {
        return &host_;
    }
    const auto card = std::ranges::find(cards_, pci_address, &validate::CardState::address);
    return card == cards_.end() ? nullptr : &*card;
}

validate::CheckResult MachineState::judge_health(const validate::PlannedCheck& planned,
                                                 const HealthScope& scope) const {
    validate::HealthFacts facts{.machine = machine_,
                                .diagnosis = diagnose(machine_),
                                .host = host_.reading,
                                .cards = cards_,
                                .xids = validate::read_xids(platform::FileTree()),
                                .is_backend_chosen = scope.backend.has_value(),
                                .has_inventory = scope.has_inventory};
    std::erase_if(facts.cards, [&](const validate::CardState& state) {
        return (scope.backend && state.backend != *scope.backend) ||
               (scope.cards == Cards::own && state.address != scope.address);
    });
    return validate::check_health(planned, facts);
}

validate::CheckResult judge_known_answer(const validate::PlannedCheck& planned,
                                         const Device& device) {
    if (!device.subject) {
        return validate::result_of(planned, device.subject.error());
    }
    validate::CheckResult result{.planned = planned, .seconds = device.seconds};
    result.report.verdict = validate::Verdict::pass;
    result.report.rounds = 1;
    result.report.values_compared = 1;
    result.report.measurements.push_back({.name = "start to answer",
                                          .unit = "s",
                                          .value = device.seconds,
                                          .least = {},
                                          .basis = "with the start of LibTorch"});
    return result;
}

}  // namespace trilby::cli
