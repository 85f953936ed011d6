// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/environment.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

#include "validate/link_lanes.hpp"

namespace trilby::validate {
namespace {

/// Collects statements about the environment into a report.
class Statements {
  public:
    void expect(bool holds, const std::string& what, const std::string& expected,
                const std::string& found) {
        CheckReport& report = result_.report;
        report.verdict = report.values_compared == 0 ? Verdict::pass : report.verdict;
        validate::expect(report, holds, what, expected, found);
    }
    void expect(bool holds, const Issue& issue) {
        expect(holds, issue.where, issue.expected, issue.found);
        if (!holds) {
            result_.issues.push_back(issue);
        }
    }

    /// An unknown fact does not count against the system.
    void unknown(const std::string& what) { result_.report.lacking.push_back(what); }

    void measure(const std::string& name, const std::string& unit, double value) {
        result_.report.measurements.push_back({name, unit, value, {}, "as the kernel reports"});
    }

    CheckResult finish(const PlannedCheck& planned) {
        result_.planned = planned;
        CheckReport& report = result_.report;
        report.rounds = 1;
        if (report.values_compared == 0) {
            report.verdict = Verdict::skip;
            report.skip_reason = SkipReason::not_permitted;
            report.message =
                "the system reports nothing about the device's link, libraries or CPUs";
        }
        return std::move(result_);
    }

  private:
    CheckResult result_;
};

void check_lanes(Statements& statements, const PciLink& link) {
    if (const auto lanes = judge_lanes(link)) {
        statements.expect(lanes->are_complete, lanes->issue);
    } else {
        statements.unknown(lanes_name);
    }
}

void check_link(Statements& statements, const PciLink& link, bool has_inventory) {
    if (!has_inventory) {
        check_lanes(statements, link);
    }
    // Idle cards slow their link down, so that its speed is not judged now.
    if (link.speed_gt_per_s) {
        statements.measure("link", "GT/s", *link.speed_gt_per_s);
    }
}

void check_device(Statements& statements, const EnvironmentFacts& facts) {
    const std::string& address = facts.subject.pci_address;
    if (address.empty()) {
        return;  // not on a PCI bus
    }
    const std::vector<PciDevice> devices = facts.machine.pci_devices.value_or({});
    const auto device = std::ranges::find(devices, address, &PciDevice::address);
    if (device == devices.end()) {
        statements.unknown("PCI device " + address);
        return;
    }
    check_link(statements, device->link, facts.has_inventory);
}

void note_card(Statements& statements, const CardFacts& card) {
    if (card.is_persistent) {
        statements.measure("persistence mode", "(1 is on)", *card.is_persistent ? 1 : 0);
    }
    if (!card.problem.empty()) {
        statements.unknown("telemetry of the vendor's library: " + card.problem);
    }
}

void check_threads(Statements& statements, const Machine& machine, std::int64_t threads) {
    if (const auto usable = machine.cpu.usable_cpus) {
        statements.expect(threads <= *usable, "CPUs for the threads",
                          fmt::format("at least {}", threads), fmt::format("{}", *usable));
        statements.measure("usable CPUs", "", *usable);
    } else {
        statements.unknown("usable CPUs");
    }
}

void check_libraries(Statements& statements, const json::object& libraries) {
    const auto blas = json::get_object(libraries, "blas", "libraries");
    const auto kind =
        blas ? json::get_string(*blas, "kind", "blas") : std::unexpected(blas.error());
    if (kind && *kind != "unknown") {
        statements.expect(*kind != "reference", "BLAS", "an optimized one", *kind);
    } else {
        statements.unknown("BLAS");
    }
}

}  // namespace

CheckResult check_environment(const PlannedCheck& planned, const EnvironmentFacts& facts) {
    Statements statements;
    check_device(statements, facts);
    note_card(statements, facts.subject.card);
    check_threads(statements, facts.machine, facts.subject.threads);
    check_libraries(statements, facts.subject.libraries);
    return statements.finish(planned);
}

}  // namespace trilby::validate
