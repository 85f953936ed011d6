// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <vector>

#include <trilby/doctor.hpp>

namespace trilby::doctor {

/// The facts without which conditions of whole families may be overlooked.
[[nodiscard]] std::vector<UnreadFacts> unread_facts(const Machine& machine);

}  // namespace trilby::doctor
