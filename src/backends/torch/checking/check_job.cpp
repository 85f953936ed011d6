// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/check_job.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/device.hpp"
#include "backends/torch/runtime.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "validate/catalog.hpp"
#include "validate/check_job.hpp"

namespace trilby::backends {
namespace {

struct NamedCheck {
    std::string_view name;
    void (*run)(CheckRun&);
};

#define TRILBY_CHECK_ROW(function, name, ...) NamedCheck{name, checks::function},
constexpr std::array known_checks{
#include "validate/checks.def"
};
#undef TRILBY_CHECK_ROW

Result<std::optional<validate::FaultClass>> fault_of(const validate::CheckParams& params) {
    if (!params.fault) {
        return std::nullopt;
    }
    const auto fault = validate::fault_named(*params.fault);
    if (!fault) {
        return failure(ErrorCode::usage,
                       fmt::format("unknown fault '{}'", printable(*params.fault, 64)));
    }
    return fault;
}

Result<NamedCheck> check_named(std::string_view name) {
    const auto* const found = std::ranges::find(known_checks, name, &NamedCheck::name);
    if (found == known_checks.end()) {
        return failure(ErrorCode::unavailable,
                       fmt::format("this backend has no check '{}'", printable(name, 64)));
    }
    return *found;
}

/// The devices that take part in a check of the machine.
Result<std::vector<NumberedDevice>> devices_of(const JobContext& context,
                                               const validate::CheckParams& params) {
    const auto count = static_cast<std::int64_t>(context.devices().size());
    std::vector<NumberedDevice> devices;
    for (const std::int64_t number : params.devices.value_or(std::vector<std::int64_t>())) {
        if (number < 0 || number >= count) {
            return failure(
                ErrorCode::usage,
                fmt::format("device {} does not exist; the backend has {}", number, count));
        }
        devices.push_back({number, torch_device(definition().name, number)});
    }
    return devices;
}

/// Writes nowhere if the client asks for no trace.
Result<validate::OperationWriter> trace_of(const validate::CheckParams& params) {
    return params.trace ? validate::OperationWriter::open(*params.trace)
                        : validate::OperationWriter();
}

}  // namespace

Result<json::object> check_job(const JobContext& context, torch::Device device,
                               const json::object& document) {
    TRILBY_TRY(params, validate::parse_check_params(document));
    TRILBY_TRY(check, check_named(params.check));
    TRILBY_TRY(fault, fault_of(params));
    TRILBY_TRY(devices, devices_of(context, params));
    TRILBY_TRY(trace, trace_of(params));
    set_threads(params.threads);
    CheckRun run(context,
                 {.device = device,
                  .seed = params.seed,
                  .budget = std::chrono::duration<double>(std::max(params.seconds, 0.001)),
                  .memory_bytes = params.memory_bytes,
                  .fault = fault,
                  .only_round = params.round,
                  .halvings = params.halvings.value_or(std::vector<std::uint32_t>()),
                  .devices = std::move(devices),
                  .has_comparable_bits = validate::find_check(check.name)->has_comparable_bits},
                 std::move(trace));
    check.run(run);
    TRILBY_TRY(report, run.finish());
    json::object result = to_json(report);
    result["libraries"] = to_json(describe_libraries());
    return result;
}

}  // namespace trilby::backends
