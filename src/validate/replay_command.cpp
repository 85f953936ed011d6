// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/replay_command.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::validate {
namespace {

/// The value of --device that selects what the check runs on.
std::string device_option(const CheckInfo& check, const RunOptions& options) {
    if (check.scope == Scope::machine) {
        return "all";
    }
    return options.uuid.empty() ? std::to_string(options.device) : options.uuid;
}

}  // namespace

std::string replay_command(const PlannedCheck& planned, const RunOptions& options) {
    std::string command = fmt::format(
        "trilby validate --backend {} --device {} --threads {} --level {} --check {} --seed {}",
        options.backend, device_option(*planned.check, options), options.threads, options.level,
        planned.check->name, planned.seed);
    if (planned.round) {
        command += fmt::format(" --round {}", *planned.round);
    }
    if (planned.seconds != seconds_of(*planned.check, options.level)) {  // its share of a budget
        // Not more, because a check may choose other shapes where it has more time.
        constexpr double rounding = 1e-3;
        command +=
            fmt::format(" --budget {:.0f}", std::max(1.0, std::floor(planned.seconds + rounding)));
    }
    if (options.silence_limit != RunOptions().silence_limit) {
        command +=
            fmt::format(" --timeout {}",
                        std::chrono::ceil<std::chrono::seconds>(options.silence_limit).count());
    }
    if (!options.expected_file.empty()) {
        command += " --expect " + shell_word(options.expected_file);
    }
    return command;
}

}  // namespace trilby::validate
