// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/health.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <initializer_list>
#include <string_view>

#include "base/presence.hpp"
#include "base/text.hpp"
#include "machine/devices.hpp"
#include "machine/errors/error_meaning.hpp"
#include "machine/find.hpp"
#include "machine/pci_vendors.hpp"
#include "validate/link_lanes.hpp"

namespace trilby::validate {
namespace {

/// The facts of one device, and those that it does not report.
class DeviceJudge {
  public:
    DeviceJudge(Judgment& judgment, std::string device, const Reading& reading)
        : judgment_(judgment), device_(std::move(device)), reading_(reading) {}

    void demand(bool holds, std::string_view what, std::string found, std::string expected,
                std::string remedy) {
        judgment_.expect(holds, {.kind = IssueKind::failure,
                                 .where = place_of(what),
                                 .found = std::move(found),
                                 .expected = std::move(expected),
                                 .remedy = std::move(remedy)});
    }
    void warn(std::string_view what, std::string found, std::string remedy) {
        judgment_.add({.kind = IssueKind::warning,
                       .where = place_of(what),
                       .found = std::move(found),
                       .expected = {},
                       .remedy = std::move(remedy)});
    }
    void unknown(const std::string& what) {
        const auto why = reading_.unknown.find(what);
        unknown_.push_back(
            why == reading_.unknown.end() ? what : fmt::format("{} ({})", what, why->second));
    }
    /// Adds what is unknown as one issue.
    void finish() {
        if (!unknown_.empty()) {
            judgment_.add({.kind = IssueKind::unknown,
                           .where = device_,
                           .found = fmt::format("{}", fmt::join(unknown_, "; ")),
                           .expected = {},
                           .remedy = {}});
        }
    }

  private:
    [[nodiscard]] std::string place_of(std::string_view what) const {
        return fmt::format("{}, {}", device_, what);
    }

    Judgment& judgment_;
    std::string device_;
    const Reading& reading_;
    std::vector<std::string> unknown_;
};

/// Hardware that is too hot without load has no working cooling.
void judge_temperature(DeviceJudge& judge, const Reading& reading) {
    if (!reading.temperature_c) {
        judge.unknown("temperature");
    } else if (!reading.temperature_limit_c) {
        judge.unknown("limit of the temperature");
    } else {
        judge.demand(*reading.temperature_c < *reading.temperature_limit_c, "temperature",
                     fmt::format("{:g} °C", *reading.temperature_c),
                     fmt::format("less than {:g} °C", *reading.temperature_limit_c),
                     "check fans, dust and the flow of air or water");
    }
}

std::string remedy_of(const std::string& counter) {
    const auto meaning = error_meaning(counter);
    return meaning ? meaning->remedy : std::string();
}

/// Demands that no uncorrected error was counted: what was computed since then may be wrong, and
/// the faulty memory may be in use until a reset. The names of these counters begin with `names`.
void judge_uncorrected(DeviceJudge& judge, const Reading& reading,
                       std::initializer_list<std::string_view> names) {
    bool is_known = false;
    for (const auto& [counter, count] : reading.errors) {
        const bool is_meant =
            counter.ends_with(", not corrected") &&
            std::ranges::any_of(names, [&](auto name) { return counter.starts_with(name); });
        if (is_meant) {
            judge.demand(count == 0, counter, fmt::format("{}", count), "0 since the last start",
                         remedy_of(counter));
            is_known = true;
        }
    }
    if (!is_known) {
        judge.unknown(std::string(*names.begin()));
    }
}

void judge_host(Judgment& judgment, const Reading& host) {
    DeviceJudge judge(judgment, "host", host);
    judge_temperature(judge, host);
    judge_uncorrected(judge, host, {"memory errors"});
    judge.finish();
}

void judge_retirement(DeviceJudge& judge, const Reading& reading, bool is_nvidia) {
    if (reading.is_retirement_pending) {
        judge.demand(!*reading.is_retirement_pending, "faulty memory", "waits to be retired",
                     "nothing to retire",
                     remedy_of(is_nvidia ? "faulty rows, pending" : "bad pages, pending"));
    } else {
        judge.unknown("retirement of memory");
    }
    if (reading.has_retirement_failed) {
        judge.demand(!*reading.has_retirement_failed, "faulty memory", "could not be retired",
                     "all faulty memory retired",
                     remedy_of(is_nvidia ? "faulty rows, not replaced" : "bad pages, not retired"));
    }
}

/// The flag of a reason may be stuck, so this is only a warning.
void warn_of_throttling(DeviceJudge& judge, const Reading& reading) {
    if (!reading.throttle_reasons) {
        judge.unknown("throttling");
        return;
    }
    for (const std::string& reason : *reading.throttle_reasons) {
        judge.warn("clock", fmt::format("slowed by {}, without load", reason),
                   "run 'trilby validate --level 2', which measures whether the card is slow");
    }
}

/// The link may have recovered, so this is only a warning.
void warn_of_link_errors(DeviceJudge& judge, const Reading& reading) {
    for (const auto& [counter, count] : reading.errors) {
        if (count > 0 && counter.starts_with("PCIe ") && counter.ends_with("fatal")) {
            judge.warn(counter, fmt::format("{} since the last start", count), remedy_of(counter));
        }
    }
}

/// The log is about the past. The counters and the known answer show whether the card still has the
/// problem.
void warn_of_xids(DeviceJudge& judge, const std::map<std::uint32_t, std::uint64_t>& counts) {
    for (const auto& [xid, count] : counts) {
        const auto meaning = error_meaning(fmt::format("Xid {}", xid));
        judge.warn("kernel's log",
                   fmt::format("Xid {}: {}, {} times", xid, meaning->meaning, count),
                   fmt::format("if it was not done since: {}", meaning->remedy));
    }
}

void judge_xids(DeviceJudge& judge, const PciDevice& card, const Observed<XidCounts>& xids) {
    if (!xids) {
        judge.unknown(
            fmt::format("the kernel's log ({} {})", xids.source(), why_missing(xids.presence())));
    } else if (const auto found = xids->find(card.address); found != xids->end()) {
        warn_of_xids(judge, found->second);
    }
}

void judge_link(DeviceJudge& judge, const PciLink& link) {
    if (const auto lanes = judge_lanes(link)) {
        judge.demand(lanes->are_complete, lanes->issue.where, lanes->issue.found,
                     lanes->issue.expected, lanes->issue.remedy);
    } else {
        judge.unknown(lanes_name);
    }
}

/// Whether the library does not know a card that is on the bus. docs.nvidia.com calls it lost, and
/// Xid 79 means the same.
bool is_lost(const std::string& problem) {
    return problem.find("(NVML error 15)") != std::string::npos;
}

void judge_library(DeviceJudge& judge, const std::string& problem) {
    if (is_lost(problem)) {
        judge.demand(false, "vendor's library", problem, "a card that answers",
                     remedy_of("Xid 79"));
    } else if (!problem.empty()) {
        judge.unknown("what the vendor's library reports: " + problem);
    }
}

void judge_card(Judgment& judgment, const PciDevice& card, const CardState& state,
                const HealthFacts& facts) {
    const Reading& reading = state.reading;
    DeviceJudge judge(judgment, describe(card), reading);
    const bool is_nvidia = card.vendor_id.value_or(0) == pci_vendor::nvidia;
    judge_library(judge, reading.problem);
    judge_uncorrected(judge, reading, {"card errors", "RAS "});
    judge_retirement(judge, reading, is_nvidia);
    judge_temperature(judge, reading);
    if (!facts.has_inventory) {
        judge_link(judge, card.link);
    }
    warn_of_throttling(judge, reading);
    warn_of_link_errors(judge, reading);
    if (is_nvidia) {
        judge_xids(judge, card, facts.xids);
    }
    judge.finish();
}

void judge_findings(Judgment& judgment, const HealthFacts& facts) {
    judgment.accept();  // the doctor could judge at least the system
    for (const Finding& finding : facts.diagnosis.findings) {
        if (finding.severity == Severity::blocks) {
            judgment.add({.kind = facts.is_backend_chosen ? IssueKind::warning : IssueKind::failure,
                          .where = finding.id,
                          .found = finding.title,
                          .expected = {},
                          .remedy = fmt::format("see 'trilby doctor --explain {}'", finding.id)});
        }
    }
    for (const UnreadFacts& unread : facts.diagnosis.unread) {
        judgment.add({.kind = IssueKind::unknown,
                      .where = unread.name,
                      .found = unread.reason,
                      .expected = {},
                      .remedy = {}});
    }
}

}  // namespace

CheckResult check_health(const PlannedCheck& planned, const HealthFacts& facts) {
    Judgment judgment;
    judge_findings(judgment, facts);
    judge_host(judgment, facts.host);
    for (const CardState& state : facts.cards) {
        if (const PciDevice* card =
                find_named(facts.machine.pci_devices, state.address, &PciDevice::address)) {
            judge_card(judgment, *card, state, facts);
        }
    }
    return {.planned = planned, .report = judgment.report(), .issues = judgment.issues()};
}

}  // namespace trilby::validate
