// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Asks the vendor's management library for what the files of the kernel do not say about a card.
/// It runs in its own worker, so that a library that hangs or crashes costs only its telemetry.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "validate/telemetry.hpp"
#include "validate/validation.hpp"
#include "worker/client.hpp"

namespace trilby::validate {

struct VendorTelemetryOptions {
    std::filesystem::path worker_program;
    std::filesystem::path module;  ///< trilby-runtimes.so
    std::string backend;           ///< decides which library is asked
    std::string pci_address;       ///< if empty, nothing is asked
    std::chrono::milliseconds limit{5000};
};

class VendorTelemetry {
  public:
    /// Starts the worker and asks once.
    explicit VendorTelemetry(const VendorTelemetryOptions& options);

    /// The facts of the first answer.
    [[nodiscard]] const CardFacts& facts() const { return facts_; }
    /// Adds to `reading` what it lacks. After a failure, which it reports, it does not ask again.
    void add_to(Reading& reading);

  private:
    std::optional<json::object> ask();

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
