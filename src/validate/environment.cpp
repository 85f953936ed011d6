// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/environment.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

namespace trilby::validate {
namespace {

/// Collects statements about the environment into a report.
class Statements {
  public:
    void expect(bool holds, const std::string& what, const std::string& expected,
                const std::string& found) {
        report_.verdict = report_.values_compared == 0 ? Verdict::pass : report_.verdict;
        validate::expect(report_, holds, what, expected, found);
    }

    /// An unknown fact does not count against the system.
    void unknown(const std::string& what) { report_.lacking.push_back(what); }

    void measure(const std::string& name, const std::string& unit, double value) {
        report_.measurements.push_back({name, unit, value, {}, "as the kernel reports"});
    }

    CheckReport finish() {
        report_.rounds = 1;
        if (report_.values_compared == 0) {
            report_.verdict = Verdict::skip;
            report_.skip_reason = SkipReason::not_permitted;
            report_.message =
                "the system reports nothing about the device's link, libraries or CPUs";
        }
        return std::move(report_);
    }

  private:
    CheckReport report_;
};

void check_link(Statements& statements, const PciLink& link) {
    if (link.width && link.max_width) {
        statements.expect(*link.width >= *link.max_width, "PCI Express lanes",
                          fmt::format("{}", *link.max_width), fmt::format("{}", *link.width));
    } else {
        statements.unknown("PCI Express lanes");
    }
    // Idle cards slow their link down, so that its speed is not judged now.
    if (link.speed_gt_per_s) {
        statements.measure("link", "GT/s", *link.speed_gt_per_s);
    }
}

void check_device(Statements& statements, const Machine& machine, const std::string& address) {
    if (address.empty()) {
        return;  // not on a PCI bus
    }
    const std::vector<PciDevice> devices = machine.pci_devices.value_or({});
    const auto device = std::ranges::find(devices, address, &PciDevice::address);
    if (device == devices.end()) {
        statements.unknown("PCI device " + address);
        return;
    }
    check_link(statements, device->link);
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

CheckReport check_environment(const Machine& machine, const Subject& subject) {
    Statements statements;
    check_device(statements, machine, subject.pci_address);
    note_card(statements, subject.card);
    check_threads(statements, machine, subject.threads);
    check_libraries(statements, subject.libraries);
    return statements.finish();
}

}  // namespace trilby::validate
