// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "validate/check_report.hpp"

namespace trilby::report {

/// A line plot as an <svg> element, with zero at the bottom. Sizes, which grow by factors, get a
/// logarithmic axis. Empty if there is nothing to draw.
[[nodiscard]] std::string svg_plot(const validate::Series& series);

}  // namespace trilby::report
