// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Plots as <svg> elements, styled by report/page.hpp. Values that are not finite are left out. A
/// plot is empty if there is nothing to draw, and its size does not grow with the number of points.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/markup.hpp"
#include "validate/check_report.hpp"

namespace trilby::report {

using Points = std::vector<std::pair<double, double>>;

struct PlotLine {
    std::string name;
    Points points;  ///< from left to right
};

struct Plot {
    std::string name;
    std::string x_label;
    std::string y_label;  ///< with its unit, or empty
    std::vector<PlotLine> lines;
    bool starts_at_zero = true;       ///< leaves out negative values
    bool may_be_logarithmic = false;  ///< across, for sizes that grow by factors
    std::optional<double> mark = {};  ///< a place across
};

/// Lines, with a legend for more than one. Many points are thinned to the smallest and the largest
/// of each column of pixels.
[[nodiscard]] Markup svg_lines(const Plot& plot);
/// A line from zero up.
[[nodiscard]] Markup svg_plot(const validate::Series& series);

/// Dots with the same axis across and up, and the diagonal.
[[nodiscard]] Markup svg_scatter(const Plot& plot);

/// How often values occur.
[[nodiscard]] Markup svg_histogram(const std::string& name, const std::string& x_label,
                                   const std::vector<double>& values);

}  // namespace trilby::report
