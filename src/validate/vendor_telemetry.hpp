// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Queries the vendor's management library for facts about a card that no kernel file reports.
/// It runs in its own worker, so that a library that hangs or crashes costs only its telemetry.

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "validate/telemetry.hpp"
#include "validate/validation.hpp"
#include "worker/client.hpp"

namespace trilby::validate {

struct VendorTelemetryOptions {
    std::filesystem::path worker_program;
    std::filesystem::path module;           ///< trilby-runtimes.so
    std::string backend;                    ///< decides which library is queried
    std::string pci_address;                ///< if empty, nothing is queried
    std::chrono::milliseconds limit{5000};  ///< for each answer
    /// For the start and all answers together, if it is sooner.
    std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

class VendorTelemetry {
  public:
    /// Starts the worker and sends the first query.
    explicit VendorTelemetry(const VendorTelemetryOptions& options);

    /// The facts of the first answer.
    [[nodiscard]] const CardFacts& facts() const { return facts_; }
    /// Adds to `reading` what it lacks, and why the rest is unknown. After a failure, which it
    /// reports, it sends no more queries.
    void add_to(Reading& reading);

  private:
    std::optional<json::object> ask();
    [[nodiscard]] std::chrono::milliseconds time_left(std::chrono::milliseconds limit) const;

    VendorTelemetryOptions options_;
    std::string job_;
    std::optional<worker::Worker> worker_;
    CardFacts facts_;
};

/// Adds to `reading` what it lacks from `said`, the answer of a job of docs/jobs.md. The worker is
/// not trusted.
void add_vendor_reading(Reading& reading, const json::object& said);
[[nodiscard]] CardFacts card_facts(const json::object& said);

}  // namespace trilby::validate
