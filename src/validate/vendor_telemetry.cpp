// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/vendor_telemetry.hpp"

#include <algorithm>
#include <cstdint>

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

void fill(std::optional<double>& value, const json::object& said, std::string_view key) {
    if (!value) {
        value = number_in(said, key);
    }
}

void add_errors(Reading& reading, const json::object& said) {
    for (const auto& [name, count] :
         json::get_object(said, "errors", where).value_or(json::object{})) {
        if (count.is_int64() && count.get_int64() >= 0) {
            reading.errors.try_emplace(printable(name, 100),
                                       static_cast<std::uint64_t>(count.get_int64()));
        }
    }
}

void add_throttle_reasons(Reading& reading, const json::object& said) {
    for (const json::value& reason :
         json::get_array(said, "throttle_reasons", where).value_or(json::array{})) {
        if (reason.is_string()) {
            reading.throttle_reasons.insert(printable(reason.get_string(), 100));
        }
    }
}

}  // namespace

void add_vendor_reading(Reading& reading, const json::object& said) {
    fill(reading.clock_mhz, said, "clock_mhz");
    fill(reading.temperature_c, said, "temperature_c");
    fill(reading.power_w, said, "power_w");
    reading.link_replays = count_in(said, "link_replays");
    add_errors(reading, said);
    add_throttle_reasons(reading, said);
}

CardFacts card_facts(const json::object& said) {
    CardFacts facts{.memory_free_bytes = count_in(said, "memory_free_bytes"),
                    .cores = number_in(said, "cores"),
                    .max_clock_mhz = number_in(said, "max_clock_mhz"),
                    .memory_bus_bits = number_in(said, "memory_bus_bits"),
                    .max_memory_clock_mhz = number_in(said, "max_memory_clock_mhz")};
    if (const auto persistent = json::get_boolean(said, "is_persistent", where)) {
        facts.is_persistent = *persistent;
    }
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
