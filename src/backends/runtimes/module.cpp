// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The module that asks the vendors' runtimes which devices they see, and their telemetry of a card
/// at work. Each runtime gets a worker of its own, so a crash or hang affects no other runtime.

#include <array>
#include <exception>

#include "backends/common/backend.hpp"
#include "backends/runtimes/telemetry.hpp"
#include "backends/runtimes/vendor_library.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "install/version.hpp"

namespace trilby::backends {
namespace {

template <const VendorRuntime& runtime>
Result<json::object> query(const JobContext& /*context*/, const json::object& /*params*/) {
    return answer_of(runtime);
}

template <auto& telemetry>
Result<json::object> watch(const JobContext& /*context*/, const json::object& params) {
    TRILBY_TRY(address, json::get_string(params, "pci_address", "parameters"));
    auto reading = telemetry(address);
    if (!reading) {
        return failure(ErrorCode::unavailable, printable(reading.error().message), "");
    }
    return *std::move(reading);
}

constexpr std::array<Job, 7> jobs{{{"nvml", query<nvml_runtime>},
                                   {"cuda", query<cuda_driver_runtime>},
                                   {"hip", query<hip_runtime>},
                                   {"rocm_smi", query<rocm_smi_runtime>},
                                   {"nvml_uuids", query<nvml_uuids>},
                                   {"nvml_telemetry", watch<nvml_telemetry>},
                                   {"amd_smi_telemetry", watch<amd_smi_telemetry>}}};

}  // namespace

const Definition& definition() {
    static const Definition runtimes{
        .name = "runtimes",
        .version = version,
        .start = [] { return Result<std::vector<Device>>(); },
        .jobs = jobs,
        .classify = [](const std::exception&) { return trilby_status{TRILBY_INTERNAL}; },
        .explain = [](const std::exception& exception) { return std::string(exception.what()); }};
    return runtimes;
}

}  // namespace trilby::backends
