// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/vendor_telemetry.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <variant>

#include "base/backends.hpp"
#include "base/text.hpp"

namespace trilby::validate {
namespace {

constexpr const char* where = "the telemetry";

std::string job_for(std::string_view backend) {
    const BackendIdentity* found = find_backend(backend);
    return std::string(found != nullptr ? found->telemetry_job : "");
}

std::optional<double> number_in(const json::object& said, std::string_view key) {
    const auto number = json::get_number(said, key, where);
    return number ? std::optional(*number) : std::nullopt;
}

std::optional<std::uint64_t> count_in(const json::object& said, std::string_view key) {
    const auto count = json::get_integer(said, key, where);
    return count && *count >= 0 ? std::optional(static_cast<std::uint64_t>(*count)) : std::nullopt;
}

std::optional<bool> flag_in(const json::object& said, std::string_view key) {
    const auto flag = json::get_boolean(said, key, where);
    return flag ? std::optional(*flag) : std::nullopt;
}

template <class T>
std::optional<T> value_in(const json::object& said, std::string_view key) {
    if constexpr (std::same_as<T, bool>) {
        return flag_in(said, key);
    } else if constexpr (std::same_as<T, std::uint64_t>) {
        return count_in(said, key);
    } else {
        return number_in(said, key);
    }
}

using ReadingMember =
    std::variant<std::optional<double> Reading::*, std::optional<std::uint64_t> Reading::*,
                 std::optional<bool> Reading::*>;

/// A value of a reading: its key in the answer, how people call it, and where it belongs.
struct ReadingValue {
    std::string_view key;
    std::string_view name;
    ReadingMember place;
};
constexpr auto reading_values = std::to_array<ReadingValue>(
    {{"clock_mhz", "clock", &Reading::clock_mhz},
     {"temperature_c", "temperature", &Reading::temperature_c},
     {"temperature_limit_c", "temperature limit", &Reading::temperature_limit_c},
     {"is_retirement_pending", "retirement of memory", &Reading::is_retirement_pending},
     {"has_retirement_failed", "failed retirement of memory", &Reading::has_retirement_failed},
     {"power_w", "power", &Reading::power_w},
     {"link_replays", "link replays", &Reading::link_replays}});

constexpr const char* throttling_name = "throttling";
constexpr const char* energy_name = "energy";

/// How people call the other keys.
struct KeyName {
    std::string_view key;
    std::string_view name;
};
constexpr auto other_names =
    std::to_array<KeyName>({{"throttle_reasons", throttling_name},
                            {"energy_j", energy_name},
                            {"memory_total_bytes", "memory"},
                            {"memory_free_bytes", "free memory"},
                            {"max_clock_mhz", "highest clock"},
                            {"memory_bus_bits", "memory bus"},
                            {"max_memory_clock_mhz", "highest memory clock"},
                            {"is_persistent", "persistence mode"},
                            {"Xid", "Xid errors"}});

std::string name_of(std::string_view key) {
    const auto value = std::ranges::find(reading_values, key, &ReadingValue::key);
    if (value != reading_values.end()) {
        return std::string(value->name);
    }
    const auto other = std::ranges::find(other_names, key, &KeyName::key);
    return other != other_names.end() ? std::string(other->name) : printable(key, 100);
}

void fill(Reading& reading, const json::object& said, const ReadingValue& value) {
    std::visit(
        [&]<class T>(std::optional<T> Reading::*place) {
            if (const auto found = value_in<T>(said, value.key); found && !(reading.*place)) {
                reading.*place = found;
                reading.unknown.erase(std::string(value.name));
            }
        },
        value.place);
}

bool is_total_of_card(std::string_view counter) {
    return counter.starts_with("card errors");
}

/// The driver's counters of each unit take precedence over the library's totals of a card.
bool has_errors_by_unit(const Reading& reading) {
    return std::ranges::any_of(
        reading.errors, [](const auto& counter) { return counter.first.starts_with("RAS "); });
}

std::map<std::string, std::uint64_t> counts_in(const json::object& said, std::string_view key) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [name, count] : json::get_object(said, key, where).value_or(json::object{})) {
        if (count.is_int64() && count.get_int64() >= 0) {
            counts[printable(name, 100)] = static_cast<std::uint64_t>(count.get_int64());
        }
    }
    return counts;
}

void add_errors(Reading& reading, const json::object& said) {
    const bool has_units = has_errors_by_unit(reading);
    for (const auto& [name, count] : counts_in(said, "errors")) {
        if (!is_total_of_card(name) || !has_units) {
            reading.errors.try_emplace(name, count);
            reading.unknown.erase("card errors");
        }
    }
}

void add_throttling(Reading& reading, const json::object& said) {
    if (reading.knows_throttling()) {
        return;
    }
    reading.throttle_counts = counts_in(said, "throttle_counts");
    reading.throttle_looks = count_in(said, "throttle_looks");
    if (const auto reasons = json::get_array(said, "throttle_reasons", where)) {
        reading.throttle_reasons.emplace();
        for (const json::value& reason : *reasons) {
            if (reason.is_string()) {
                reading.throttle_reasons->insert(printable(reason.get_string(), 100));
            }
        }
    }
    if (reading.knows_throttling()) {
        reading.unknown.erase(throttling_name);
    }
}

/// A counter of 0 counts nothing.
void add_energy(Reading& reading, const json::object& said) {
    const double joules = number_in(said, "energy_j").value_or(0);
    if (reading.energy.empty() && joules > 0) {
        reading.energy["card"] = {.joules = joules};
        reading.unknown.erase(energy_name);
    }
}

/// Whether `name` is a value that `reading` has, from whatever source.
bool has_value(const Reading& reading, std::string_view name) {
    if (name == throttling_name) {
        return reading.knows_throttling();
    }
    if (name == energy_name) {
        return !reading.energy.empty();
    }
    if (is_total_of_card(name)) {
        return has_errors_by_unit(reading);
    }
    const auto value = std::ranges::find(reading_values, name, &ReadingValue::name);
    return value != reading_values.end() &&
           std::visit([&](auto place) { return (reading.*place).has_value(); }, value->place);
}

/// The library's reason takes precedence over that of a file.
void add_unknown(Reading& reading, const json::object& said) {
    for (const auto& [key, why] :
         json::get_object(said, "unknown", where).value_or(json::object{})) {
        const std::string name = name_of(key);
        if (why.is_string() && !has_value(reading, name)) {
            reading.unknown[name] = printable(why.get_string(), 300);
        }
        if (is_total_of_card(name)) {
            reading.unknown.erase("card errors");
        }
    }
}

}  // namespace

void add_vendor_reading(Reading& reading, const json::object& said) {
    for (const ReadingValue& value : reading_values) {
        fill(reading, said, value);
    }
    reading.temperature_limit_c = known_temperature_limit(reading.temperature_limit_c);
    add_energy(reading, said);
    add_errors(reading, said);
    add_throttling(reading, said);
    add_unknown(reading, said);
    if (const auto problem = json::get_string(said, "problem", where)) {
        reading.problem = printable(*problem, 300);
    }
}

CardFacts card_facts(const json::object& said) {
    CardFacts facts{.memory_total_bytes = count_in(said, "memory_total_bytes"),
                    .memory_free_bytes = count_in(said, "memory_free_bytes"),
                    .cores = number_in(said, "cores"),
                    .max_clock_mhz = number_in(said, "max_clock_mhz"),
                    .memory_bus_bits = number_in(said, "memory_bus_bits"),
                    .max_memory_clock_mhz = number_in(said, "max_memory_clock_mhz")};
    facts.is_persistent = flag_in(said, "is_persistent");
    return facts;
}

VendorTelemetry::VendorTelemetry(const VendorTelemetryOptions& options)
    : options_(options), job_(job_for(options.backend)) {
    if (job_.empty() || options.pci_address.empty()) {
        return;
    }
    auto worker =
        worker::Worker::start({.program = options.worker_program,
                               .start_limit = time_left(worker::WorkerOptions().start_limit)});
    if (!worker) {
        facts_.problem = worker.error().error.message;
        return;
    }
    worker_.emplace(*std::move(worker));
    const auto limit = time_left(options.limit);
    if (const auto loaded =
            worker_->load(options.module, {.silence_limit = limit, .total_limit = limit});
        !loaded) {
        facts_.problem = loaded.error().error.message;
        worker_.reset();
    } else if (const auto said = ask()) {
        facts_ = card_facts(*said);
    }
}

/// `limit`, or less if the deadline is sooner.
std::chrono::milliseconds VendorTelemetry::time_left(std::chrono::milliseconds limit) const {
    if (!options_.deadline) {
        return limit;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        *options_.deadline - std::chrono::steady_clock::now());
    return std::clamp(left, std::chrono::milliseconds(0), limit);
}

std::optional<json::object> VendorTelemetry::ask() {
    const auto limit = time_left(options_.limit);
    auto said = worker_->run(job_, {{"pci_address", options_.pci_address}},
                             {.silence_limit = limit, .total_limit = limit});
    if (!said) {
        facts_.problem = said.error().error.message;
        worker_.reset();
        return std::nullopt;
    }
    return *std::move(said);
}

void VendorTelemetry::add_to(Reading& reading) {
    if (worker_) {
        if (const auto said = ask()) {
            add_vendor_reading(reading, *said);
        }
    }
    if (!facts_.problem.empty()) {
        reading.problem = facts_.problem;
    }
}

}  // namespace trilby::validate
