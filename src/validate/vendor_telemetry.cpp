// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/vendor_telemetry.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

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

/// How people call the keys of the answer.
struct KeyName {
    std::string_view key;
    std::string_view name;
};
constexpr auto key_names =
    std::to_array<KeyName>({{"clock_mhz", "clock"},
                            {"temperature_c", "temperature"},
                            {"temperature_limit_c", "temperature limit"},
                            {"is_retirement_pending", "retirement of memory"},
                            {"power_w", "power"},
                            {"link_replays", "link replays"},
                            {"throttle_reasons", "throttling"},
                            {"memory_total_bytes", "memory"},
                            {"memory_free_bytes", "free memory"},
                            {"max_clock_mhz", "highest clock"},
                            {"memory_bus_bits", "memory bus"},
                            {"max_memory_clock_mhz", "highest memory clock"},
                            {"is_persistent", "persistence mode"},
                            {"Xid", "Xid errors"}});

std::string name_of(std::string_view key) {
    const auto found = std::ranges::find(key_names, key, &KeyName::key);
    return found != key_names.end() ? std::string(found->name) : printable(key, 100);
}

template <class T>
void fill(Reading& reading, std::optional<T> Reading::*value, const std::optional<T>& said,
          std::string_view key) {
    if (!(reading.*value) && said) {
        reading.*value = said;
        reading.unknown.erase(name_of(key));
    }
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
        reading.unknown.erase("throttling");
    }
}

/// Whether `name` is a value that `reading` has, from whatever source.
bool has_value(const Reading& reading, const std::string& name) {
    return (name == "clock" && reading.clock_mhz) ||
           (name == "temperature" && reading.temperature_c) ||
           (name == "power" && reading.power_w) ||
           (name == "link replays" && reading.link_replays) ||
           (name == "throttling" && reading.knows_throttling()) ||
           (is_total_of_card(name) && has_errors_by_unit(reading));
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
    fill(reading, &Reading::clock_mhz, number_in(said, "clock_mhz"), "clock_mhz");
    fill(reading, &Reading::temperature_c, number_in(said, "temperature_c"), "temperature_c");
    fill(reading, &Reading::temperature_limit_c,
         known_temperature_limit(number_in(said, "temperature_limit_c")), "temperature_limit_c");
    fill(reading, &Reading::is_retirement_pending, flag_in(said, "is_retirement_pending"),
         "is_retirement_pending");
    fill(reading, &Reading::has_retirement_failed, flag_in(said, "has_retirement_failed"),
         "has_retirement_failed");
    fill(reading, &Reading::power_w, number_in(said, "power_w"), "power_w");
    fill(reading, &Reading::link_replays, count_in(said, "link_replays"), "link_replays");
    add_errors(reading, said);
    add_throttling(reading, said);
    add_unknown(reading, said);
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
    auto worker = worker::Worker::start({.program = options.worker_program});
    if (!worker) {
        facts_.problem = worker.error().error.message;
        return;
    }
    worker_.emplace(*std::move(worker));
    if (const auto loaded = worker_->load(options.module, {.silence_limit = options.limit});
        !loaded) {
        facts_.problem = loaded.error().error.message;
        worker_.reset();
    } else if (const auto said = ask()) {
        facts_ = card_facts(*said);
    }
}

std::optional<json::object> VendorTelemetry::ask() {
    auto said = worker_->run(job_, {{"pci_address", options_.pci_address}},
                             {.silence_limit = options_.limit, .total_limit = options_.limit});
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
    reading.problem = facts_.problem;
}

}  // namespace trilby::validate
