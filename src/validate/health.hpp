// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Judges what a machine reports at rest: whether its devices may get work. docs/validation.md has
/// the reasons.

#pragma once

#include <vector>

#include "validate/cards.hpp"
#include "validate/validation.hpp"
#include "validate/xid_log.hpp"
#include <trilby/doctor.hpp>

namespace trilby::validate {

struct HealthFacts {
    Machine machine;
    Diagnosis diagnosis;
    Reading host;                  ///< CPUs and memory
    std::vector<CardState> cards;  ///< those that must be able to work
    Observed<XidCounts> xids;
    /// The user chose the backend, so that other devices may be unusable.
    bool is_backend_chosen = false;
    /// The links are compared with a file instead of with what the cards are capable of.
    bool has_inventory = false;
};

[[nodiscard]] CheckResult check_health(const PlannedCheck& planned, const HealthFacts& facts);

}  // namespace trilby::validate
