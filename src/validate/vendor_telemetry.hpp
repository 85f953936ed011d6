// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the vendor's management library says of a card that the kernel's files do not. A worker of
/// its own asks it, so that a library that hangs or crashes costs its telemetry and nothing else.

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
    std::string backend;           ///< which says the vendor
    std::string pci_address;       ///< empty: there is nobody to ask
    std::chrono::milliseconds limit{5000};
};

class VendorTelemetry {
  public:
    /// Starts the worker and asks once.
    explicit VendorTelemetry(const VendorTelemetryOptions& options);

    /// As of the first answer.
    [[nodiscard]] const CardFacts& facts() const { return facts_; }
    /// Adds to `reading` what it lacks. After a failure, which it names, nobody is asked any more.
    void add_to(Reading& reading);

  private:
    std::optional<json::object> ask();

    VendorTelemetryOptions options_;
    std::string job_;
    std::optional<worker::Worker> worker_;
    CardFacts facts_;
};

/// Adds to `reading` what it lacks and `said` has: the answer of a job of docs/jobs.md, from a
/// worker that is not trusted.
void add_vendor_reading(Reading& reading, const json::object& said);
[[nodiscard]] CardFacts card_facts(const json::object& said);

}  // namespace trilby::validate
