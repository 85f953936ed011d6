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

Result<std::optional<validate::FaultClass>> fault_of(const json::object& params) {
    if (!params.contains("fault")) {
        return std::nullopt;
    }
    TRILBY_TRY(name, json::get_string(params, "fault", "params"));
    const auto fault = validate::fault_named(name);
    if (!fault) {
        return failure(ErrorCode::usage, fmt::format("unknown fault '{}'", printable(name, 64)));
    }
    return fault;
}

Result<NamedCheck> check_of(const json::object& params) {
    TRILBY_TRY(name, json::get_string(params, "check", "params"));
    const auto* const found =
        std::ranges::find(known_checks, std::string_view(name), &NamedCheck::name);
    if (found == known_checks.end()) {
        return failure(ErrorCode::unavailable,
                       fmt::format("this backend has no check '{}'", printable(name, 64)));
    }
    return *found;
}

}  // namespace

Result<json::object> check_job(const JobContext& context, torch::Device device,
                               const json::object& params) {
    TRILBY_TRY(check, check_of(params));
    TRILBY_TRY(threads, json::get_integer(params, "threads", "params"));
    TRILBY_TRY(seed, json::get_integer(params, "seed", "params"));
    TRILBY_TRY(seconds, json::get_number(params, "seconds", "params"));
    TRILBY_TRY(memory_bytes, json::get_integer(params, "memory_bytes", "params"));
    TRILBY_TRY(fault, fault_of(params));
    set_threads(threads);
    CheckRun run(context, {.device = device,
                           .seed = static_cast<std::uint64_t>(seed),
                           .budget = std::chrono::duration<double>(std::max(seconds, 0.001)),
                           .memory_bytes = static_cast<std::uint64_t>(memory_bytes),
                           .fault = fault});
    check.run(run);
    TRILBY_TRY(report, run.finish());
    json::object result = to_json(report);
    result["libraries"] = describe_libraries();
    return result;
}

}  // namespace trilby::backends
