// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <utility>

#include "base/units.hpp"
#include "report/machine_validation.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckResult;
using validate::MachineValidation;
using validate::Validation;
using validate::Verdict;

constexpr std::size_t most_listed = 4;

/// "device 3", "devices 0, 2".
std::string all_devices_text(const std::vector<std::int64_t>& devices) {
    return fmt::format("device{} {}", devices.size() == 1 ? "" : "s", fmt::join(devices, ", "));
}

/// The same, or "7 devices".
std::string devices_text(const std::vector<std::int64_t>& devices) {
    if (devices.size() > most_listed) {
        return fmt::format("{} devices", devices.size());
    }
    return all_devices_text(devices);
}

/// Worth showing although all else about the device is as it should be.
bool is_notable(const CheckResult& result) {
    const bool has_warning = std::ranges::any_of(result.issues, [](const validate::Issue& issue) {
        return issue.kind != validate::IssueKind::unknown;
    });
    return has_warning || !result.errors.empty() || result.library_blame ||
           (result.report.verdict != Verdict::pass &&
            result.report.skip_reason != validate::SkipReason::not_applicable);
}

SafeText notable_results(const std::vector<CheckResult>& results, const Style& style) {
    SafeText out;
    for (const CheckResult& result : results) {
        if (is_notable(result) && result.report.verdict != Verdict::not_run) {
            out += to_text(result, style);
        }
    }
    return out;
}

/// Checks that did not run are one line: they have one reason.
SafeText not_run_text(const Validation& device, const Style& style) {
    const auto did_not_run = [](const CheckResult& result) {
        return result.report.verdict == Verdict::not_run;
    };
    const auto count = std::ranges::count_if(device.results, did_not_run);
    if (count == 0) {
        return {};
    }
    // The first of them may have been under way when the user stopped it.
    const auto last =
        std::ranges::find_if(device.results.rbegin(), device.results.rend(), did_not_run);
    return row("not-run",
               fmt::format("{}: {}", counted(count, "check", "checks"), last->report.message),
               style, check_columns);
}

SafeText device_block(const MachineValidation& validation, std::size_t index, const Style& style) {
    const Validation& device = validation.devices[index];
    const auto& alone = validation.alone[index];
    SafeText out = row("device",
                       fmt::format("{}: {}", device_text(device.machine, device.subject),
                                   conclusion_name(conclude(validation, index))),
                       style, check_columns);
    out += notable_results(device.results, style) + not_run_text(device, style);
    if (const SafeText worse_alone = notable_results(alone, style); !worse_alone.empty()) {
        out += row("", "while the other devices were idle:", style, check_columns) + worse_alone;
    }
    return out;
}

struct Range {
    double low = 0;
    double high = 0;

    void add(double value) {
        low = low == 0 ? value : std::min(low, value);
        high = std::max(high, value);
    }
};

std::string range_text(const Range& range) {
    const std::string low = format_measure(range.low);
    const std::string high = format_measure(range.high);
    return low == high ? low : fmt::format("{} to {}", low, high);
}

SafeText speeds_text(const MachineValidation& validation, const Style& style) {
    std::map<std::array<std::string, 3>, std::pair<Range, Range>> speeds;
    for (const validate::SpeedAlone& speed : speeds_alone(validation)) {
        auto& [together, alone] = speeds[{speed.check, speed.name, speed.unit}];
        together.add(speed.together);
        alone.add(speed.alone);
    }
    SafeText out;
    for (const auto& [key, ranges] : speeds) {
        const auto& [check, name, unit] = key;
        out += row(check,
                   fmt::format("{}: {} {} together, {} alone", name, range_text(ranges.first), unit,
                               range_text(ranges.second)),
                   style, check_columns);
    }
    return out;
}

SafeText links_text(const MachineValidation& validation, const Style& style) {
    std::map<std::int64_t, std::string> rows;
    bool was_alone = true;
    for (const validate::PeerLink& link : peer_links(validation)) {
        rows[link.from] += fmt::format("{}device {}: {}", rows[link.from].empty() ? "" : ", ",
                                       link.to, format_measure(link.gigabytes_per_second));
        was_alone = was_alone && link.was_alone;
    }
    SafeText out;
    for (const auto& [from, text] : rows) {
        out +=
            row(fmt::format("from device {}", from), "to " + text + " GB/s", style, check_columns);
    }
    if (!rows.empty() && !was_alone) {
        out += row("", "measured while all devices were copying", style, check_columns);
    }
    return out;
}

}  // namespace

SafeText device_list_text(const std::vector<Validation>& devices, bool has_health,
                          const Style& style, std::size_t label_columns) {
    std::vector<SafeText> states;
    for (const Validation& device : devices) {
        states.push_back(has_health ? SafeText()
                                    : telemetry_text(device.subject, style, label_columns));
    }
    const std::string first = states.front();
    const bool are_alike = devices.size() > 1 && std::ranges::all_of(states, [&](const auto& one) {
                               return one == first;
                           });
    SafeText out;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        out += row("device", device_text(devices[i].machine, devices[i].subject), style,
                   label_columns);
        out += are_alike ? SafeText() : states[i];
    }
    if (are_alike && !first.empty()) {
        out += row("", "each of them:", style, label_columns) + states.front();
    }
    return out;
}

SafeText step_text(const validate::CheckInfo& check, const std::vector<DeviceVerdict>& verdicts,
                   const Style& style) {
    std::map<Verdict, std::vector<std::int64_t>> by_verdict;
    for (const DeviceVerdict& one : verdicts) {
        by_verdict[one.verdict].push_back(one.device);
    }
    std::vector<std::string> parts;
    for (auto& [verdict, devices] : by_verdict) {
        std::ranges::sort(devices);
        parts.push_back(fmt::format("{}: {}", verdict_name(verdict), devices_text(devices)));
    }
    return row(check.name, fmt::format("{}", fmt::join(parts, "; ")), style, check_columns);
}

std::string outlier_text(const validate::Outlier& outlier) {
    const std::string usual = outlier.compared == 2
                                  ? "the other device reaches"
                                  : fmt::format("the median of {} devices is", outlier.compared);
    return fmt::format("device {}, {}: {} is {}; {} {}", outlier.device, outlier.check,
                       outlier.name, with_unit(outlier.value, outlier.unit), usual,
                       with_unit(outlier.usual, outlier.unit));
}

std::string bit_difference_text(const validate::BitDifference& difference) {
    const std::string relation =
        difference.has_majority()
            ? fmt::format("gave other bits than most of {} devices", difference.devices_compared)
            : "gave different bits, and at least one device is wrong";
    return fmt::format("{}, {}: {} of {} {}; first: round {}", all_devices_text(difference.devices),
                       difference.check, difference.rounds,
                       counted(difference.rounds_compared, "round", "rounds"), relation,
                       difference.round);
}

std::string compared_bits_text(const MachineValidation& validation) {
    const auto& [rounds, devices] = validation.bits.compared;
    if (rounds == 0) {
        return "not compared: no round with the same numbers on two devices of one kind";
    }
    return fmt::format("{} compared on {}{}", counted(rounds, "round", "rounds"),
                       devices_text(devices),
                       validation.bits.differences.empty() ? ", all the same" : "");
}

std::string unseen_text(const validate::UnseenCard& card) {
    return fmt::format("{}: {}", card.address, card.message);
}

std::string counts_text(const MachineValidation& validation) {
    std::size_t passed = 0;
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        passed += conclude(validation, i) == validate::Conclusion::passed ? 1 : 0;
    }
    std::string out = fmt::format("{} of {} passed", passed,
                                  counted(validation.devices.size(), "device", "devices"));
    for (const CheckResult& result : validation.results) {
        if (is_notable(result)) {
            out += fmt::format(", {}: {}", result.planned.check->name,
                               verdict_name(result.report.verdict));
        }
    }
    if (!validation.outliers.empty()) {
        out += ", " + counted(validation.outliers.size(), "outlier", "outliers");
    }
    if (const std::size_t count = validation.bits.differences.size(); count > 0) {
        out += ", " + counted(count, "difference of bits", "differences of bits");
    }
    if (!validation.unseen.empty()) {
        out += fmt::format(", {} not covered", counted(validation.unseen.size(), "card", "cards"));
    }
    return out;
}

SafeText relations_text(const MachineValidation& validation, const Style& style) {
    SafeText out = speeds_text(validation, style) + links_text(validation, style);
    for (const validate::Outlier& outlier : validation.outliers) {
        out += row("outlier", outlier_text(outlier), style, check_columns);
    }
    if (validation.devices.size() > 1) {
        out += row("bits", compared_bits_text(validation), style, check_columns);
    }
    for (const validate::BitDifference& difference : validation.bits.differences) {
        out += row("different bits", bit_difference_text(difference), style, check_columns);
        for (const std::string& command : difference.replay) {
            out += SafeText::format("{:{}}again: {}\n", "", check_columns, command);
        }
    }
    for (const validate::UnseenCard& card : validation.unseen) {
        out += row("not covered", unseen_text(card), style, check_columns) +
               row("", "do: " + card.remedy, style, check_columns);
    }
    return out;
}

SafeText to_text(const MachineValidation& validation, const Style& style) {
    SafeText out;
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        out += device_block(validation, i, style);
    }
    for (const CheckResult& result : validation.results) {
        out += to_text(result, style);
    }
    return out + relations_text(validation, style) + "\n" +
           bold(conclusion_name(conclude(validation)), style) +
           SafeText::format(": {}; level {}, {}\n", counts_text(validation),
                            level_text(validation.devices.front()),
                            format_duration(validation.seconds));
}

}  // namespace trilby::report
