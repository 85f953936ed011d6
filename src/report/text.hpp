// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Text for people: a machine on one screen, and the choice of a backend.

#pragma once

#include <string>

#include "report/layout.hpp"
#include <trilby/probe.hpp>
#include <trilby/selection.hpp>

namespace trilby::report {

[[nodiscard]] SafeText to_text(const Machine& machine, const Style& style);

/// One line for each value, with its presence and its source.
[[nodiscard]] SafeText sources_text(const Machine& machine);

[[nodiscard]] SafeText to_text(const Selection& selection, const Style& style);
/// The same with every requirement: met, missed or unknown, and why.
[[nodiscard]] SafeText explained_text(const Selection& selection, const Style& style);

}  // namespace trilby::report
