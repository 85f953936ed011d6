// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parameters and the event of the job `check`, as docs/jobs.md defines them. Its result is a
/// CheckReport.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

struct CheckParams {
    std::string check;
    std::int64_t device = 0;
    std::int64_t threads = 1;
    std::uint64_t seed = 0;
    double seconds = 0.0;
    std::uint64_t memory_bytes = 0;           ///< that the check may use on the device
    std::optional<std::string> fault;         ///< in a self-test
    std::optional<int> trace = {};            ///< the descriptor of an OperationTrace
    std::optional<std::uint64_t> round = {};  ///< carries out only this round, from 0
    /// How often to halve the numbers that a round draws, in their order.
    std::optional<std::vector<std::uint32_t>> halvings = {};
    /// All that take part in a check of the machine. The first of them is `device`.
    std::optional<std::vector<std::int64_t>> devices = {};
};

struct CheckProgress {
    std::string type = "progress";
    double progress = 0.0;                     ///< 0 to 1: the part of the time that is over
    std::optional<std::uint64_t> rounds = {};  ///< that have begun
    std::optional<std::uint64_t> values_compared = {};
};

[[nodiscard]] json::object to_json(const CheckParams& params);
[[nodiscard]] json::object to_json(const CheckProgress& event);

/// A key that is missing or mistyped is ErrorCode::bad_data.
[[nodiscard]] Result<CheckParams> parse_check_params(const json::object& document);
[[nodiscard]] Result<CheckProgress> parse_check_progress(const json::object& document);

}  // namespace trilby::validate
