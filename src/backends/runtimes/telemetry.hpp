// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a vendor's library reports about one card at work, as in docs/jobs.md. A worker asks many
/// times and libraries start slowly, so each library is started once.

#pragma once

#include <expected>
#include <string>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {

[[nodiscard]] std::expected<json::object, Refusal> nvml_telemetry(const std::string& pci_address);
[[nodiscard]] std::expected<json::object, Refusal> amd_smi_telemetry(
    const std::string& pci_address);

}  // namespace trilby::backends
