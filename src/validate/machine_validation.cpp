// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/machine_validation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "validate/quantities.hpp"
#include "validate/statistics.hpp"

namespace trilby::validate {
namespace {

constexpr std::string_view transfers = "transfers";

/// The devices share the memory of the host and its links, and the power and cooling of the case.
constexpr std::array compared_alone{transfers, std::string_view("compute")};

bool is_compared_alone(const PlannedCheck& planned) {
    return std::ranges::find(compared_alone, planned.check->name) != compared_alone.end();
}

bool is_known_quantity(const CheckInfo& check, const Measurement& measurement) {
    return std::ranges::any_of(check.measures, [&](const Quantity* quantity) {
        return quantity != nullptr && quantity->name == measurement.name;
    });
}

/// Comparing the results may take half of the time of a check.
bool is_judged(const CheckResult& result) {
    return result.planned.seconds >= 2 * least_seconds_to_judge;
}

/// Identifies what was measured: check, quantity and unit.
using Key = std::array<std::string, 3>;

struct Measured {
    std::int64_t device = 0;
    double value = 0;
};

/// The measurements of devices of one kind.
using Measurements = std::map<Key, std::vector<Measured>>;

void add(Measurements& to, std::int64_t device, const CheckResult& result) {
    const CheckInfo& check = *result.planned.check;
    for (const Measurement& measurement : result.report.measurements) {
        const bool is_comparable = is_speed(measurement.unit) || is_time(measurement.unit);
        if (is_comparable && is_known_quantity(check, measurement) && measurement.value > 0) {
            to[{std::string(check.name), measurement.name, measurement.unit}].push_back(
                {device, measurement.value});
        }
    }
}

/// By name and kind of the devices.
std::map<std::pair<std::string, DeviceKind>, Measurements> by_kind(
    const std::vector<Validation>& devices) {
    std::map<std::pair<std::string, DeviceKind>, Measurements> kinds;
    for (const Validation& validation : devices) {
        const Subject& subject = validation.subject;
        Measurements& kind = kinds[{subject.device_name, device_kind(validation.machine, subject)}];
        for (const CheckResult& result : validation.results) {
            if (is_judged(result)) {
                add(kind, subject.device, result);
            }
        }
    }
    return kinds;
}

/// What a device should reach, and the value from which on it is an outlier.
struct Usual {
    double value = 0;
    double limit = 0;
};

/// Of two, the better one is usual.
Usual usual_of_two(double one, double other, bool higher_is_better) {
    const double value = higher_is_better ? std::max(one, other) : std::min(one, other);
    const double reach = outlying_share_of_two * value;
    return {value, higher_is_better ? value - reach : value + reach};
}

Usual usual_of(const std::vector<Measured>& all, bool higher_is_better) {
    if (all.size() == 2) {
        return usual_of_two(all[0].value, all[1].value, higher_is_better);
    }
    constexpr double most_reach = 0.4;  // however far apart all are
    constexpr double of_normal =
        1.4826;  // makes it the standard deviation of a normal distribution
    std::vector<double> values;
    std::ranges::transform(all, std::back_inserter(values), &Measured::value);
    const double middle = median(values);
    for (double& value : values) {
        value = std::abs(value - middle);
    }
    const double reach = std::min(
        most_reach * middle,
        std::max(outlying_share * middle, outlying_deviations * of_normal * median(values)));
    return {middle, higher_is_better ? middle - reach : middle + reach};
}

void add_outliers(std::vector<Outlier>& out, const Key& key, const std::vector<Measured>& all) {
    if (all.size() < 2) {
        return;
    }
    const auto& [check, name, unit] = key;
    const bool higher_is_better = is_speed(unit);
    const Usual usual = usual_of(all, higher_is_better);
    for (const Measured& one : all) {
        if (higher_is_better ? one.value < usual.limit : one.value > usual.limit) {
            out.push_back({.device = one.device,
                           .check = check,
                           .name = name,
                           .unit = unit,
                           .value = one.value,
                           .usual = usual.value,
                           .compared = all.size()});
        }
    }
}

/// The other device of a measurement "to device 3".
std::optional<std::int64_t> peer_of(const Measurement& measurement) {
    constexpr std::string_view prefix = quantities::to_peer.name;
    return measurement.name.starts_with(prefix)
               ? parse_number<std::int64_t>(
                     std::string_view(measurement.name).substr(prefix.size()))
               : std::nullopt;
}

const CheckResult* find_result(const std::vector<CheckResult>& results, std::string_view check) {
    const auto found = std::ranges::find(
        results, check, [](const CheckResult& result) { return result.planned.check->name; });
    return found == results.end() ? nullptr : &*found;
}

/// The results of the device alone, if there are any.
const std::vector<CheckResult>& alone_of(const MachineValidation& validation, std::size_t device) {
    static const std::vector<CheckResult> none;
    return device < validation.alone.size() ? validation.alone[device] : none;
}

void add_links(std::vector<PeerLink>& out, std::int64_t from, const CheckResult& result,
               bool was_alone) {
    for (const Measurement& measurement : result.report.measurements) {
        if (const auto to = peer_of(measurement)) {
            out.push_back({from, *to, measurement.value, was_alone});
        }
    }
}

void add_speeds(std::vector<SpeedAlone>& out, std::int64_t device, const CheckResult& together,
                const CheckResult& alone) {
    const CheckInfo& check = *alone.planned.check;
    const auto& before = together.report.measurements;
    for (const Measurement& measurement : alone.report.measurements) {
        const auto found = std::ranges::find(before, measurement.name, &Measurement::name);
        if (found != before.end() && is_speed(measurement.unit) &&
            is_known_quantity(check, measurement)) {
            out.push_back({device, std::string(check.name), measurement.name, measurement.unit,
                           found->value, measurement.value});
        }
    }
}

bool is_of_machine(const PlannedCheck& planned) {
    return planned.check->scope == Scope::machine;
}

/// Each device needs a verdict of its own, also where all else is about the machine.
PlannedCheck known_answer_before(const PlannedCheck& planned) {
    const CheckInfo* const check = find_check(state_checks::known_answer);
    return {.check = check, .seconds = check->seconds_at_rest, .seed = planned.seed};
}

/// The verdict on the checks of the machine. Those that do not apply change nothing.
Conclusion conclude_together(const std::vector<CheckResult>& results) {
    const bool none_applies = std::ranges::all_of(results, [](const CheckResult& result) {
        return result.report.skip_reason == SkipReason::not_applicable;
    });
    return none_applies ? Conclusion::passed : conclude(results);
}

}  // namespace

SharedPlan share_time(std::vector<PlannedCheck> plan, std::size_t devices) {
    SharedPlan shared{.together = std::move(plan), .alone = {}};
    std::ranges::copy_if(shared.together, std::back_inserter(shared.machine), is_of_machine);
    std::erase_if(shared.together, is_of_machine);
    if (shared.together.empty()) {
        shared.together.push_back(known_answer_before(shared.machine.front()));
    }
    const auto parts = static_cast<double>(2 * devices);
    for (PlannedCheck& planned : shared.together) {
        if (devices > 1 && is_compared_alone(planned) && !planned.round &&
            planned.seconds / parts >= least_seconds_to_judge) {
            shared.alone.push_back(planned);
            shared.alone.back().seconds /= parts;
            planned.seconds /= 2;
        }
    }
    return shared;
}

std::vector<Outlier> find_outliers(const std::vector<Validation>& devices) {
    std::vector<Outlier> out;
    for (const auto& [kind, measurements] : by_kind(devices)) {
        for (const auto& [key, all] : measurements) {
            add_outliers(out, key, all);
        }
    }
    std::ranges::stable_sort(out, {}, &Outlier::device);
    return out;
}

std::vector<SpeedAlone> speeds_alone(const MachineValidation& validation) {
    std::vector<SpeedAlone> out;
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        const Validation& device = validation.devices[i];
        for (const CheckResult& alone : alone_of(validation, i)) {
            const CheckResult* together = find_result(device.results, alone.planned.check->name);
            if (together != nullptr) {
                add_speeds(out, device.subject.device, *together, alone);
            }
        }
    }
    return out;
}

std::vector<PeerLink> peer_links(const MachineValidation& validation) {
    std::vector<PeerLink> out;
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        const Validation& device = validation.devices[i];
        const CheckResult* alone = find_result(alone_of(validation, i), transfers);
        const CheckResult* together = find_result(device.results, transfers);
        if (const CheckResult* result = alone != nullptr ? alone : together) {
            add_links(out, device.subject.device, *result, alone != nullptr);
        }
    }
    return out;
}

bool is_silent(const MachineValidation& validation, std::size_t device) {
    const auto has_timed_out = [](const CheckResult& result) {
        return result.report.verdict == Verdict::time_out;
    };
    return std::ranges::any_of(validation.devices[device].results, has_timed_out) ||
           std::ranges::any_of(alone_of(validation, device), has_timed_out);
}

Conclusion conclude(const MachineValidation& validation, std::size_t device) {
    std::vector<CheckResult> all = validation.devices[device].results;
    std::ranges::copy(alone_of(validation, device), std::back_inserter(all));
    return conclude(all);
}

Conclusion conclude(const MachineValidation& validation) {
    Conclusion worst = validation.unseen.empty() ? Conclusion::passed : Conclusion::incomplete;
    if (!validation.outliers.empty() || !validation.bits.differences.empty()) {
        worst = Conclusion::failed;
    }
    worst = std::max(worst, conclude_together(validation.results));
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        worst = std::max(worst, conclude(validation, i));
    }
    return worst;
}

}  // namespace trilby::validate
