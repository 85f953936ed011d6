// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/plot.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "report/markup.hpp"

namespace trilby::report {
namespace {

constexpr double width = 460;
constexpr double height = 200;
constexpr double left = 58;
constexpr double right = 14;
constexpr double top = 26;
constexpr double bottom = 40;
constexpr double logarithmic_from = 100;  // the ratio of the ends of an axis

/// Values of one axis and their places in the picture.
struct Axis {
    double low = 0;
    double high = 1;
    bool is_logarithmic = false;
    double first_pixel = 0;
    double last_pixel = 1;

    [[nodiscard]] double place(double value) const {
        const double part = is_logarithmic ? std::log(value / low) / std::log(high / low)
                                           : (value - low) / (high - low);
        return first_pixel + part * (last_pixel - first_pixel);
    }
};

Axis horizontal_axis(const std::vector<std::pair<double, double>>& points) {
    const auto [least, most] = std::ranges::minmax_element(points);
    Axis axis{
        .low = least->first, .high = most->first, .first_pixel = left, .last_pixel = width - right};
    axis.is_logarithmic = axis.low > 0 && axis.high / axis.low >= logarithmic_from;
    if (!(axis.high > axis.low)) {
        axis.high = axis.low + 1;
    }
    return axis;
}

/// 1, 2 or 5 times a power of ten, so that at most five steps cover `range`.
double step_for(double range) {
    const double power = std::pow(10, std::floor(std::log10(range / 5)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power * 5 >= range) {
            return factor * power;
        }
    }
    return 10 * power;
}

Axis vertical_axis(const std::vector<std::pair<double, double>>& points) {
    double most = 0;
    for (const auto& [x, y] : points) {
        most = std::max(most, y);
    }
    const double step = step_for(most > 0 ? most : 1);
    return {.low = 0,
            .high = step * std::ceil(most / step + 1e-9),
            .first_pixel = height - bottom,
            .last_pixel = top};
}

std::string number(double value) {
    constexpr std::string_view suffixes[] = {"", "k", "M", "G", "T"};
    std::size_t suffix = 0;
    while (std::abs(value) >= 1000 && suffix + 1 < std::size(suffixes)) {
        value /= 1000;
        ++suffix;
    }
    return fmt::format("{:.3g}{}", value, suffixes[suffix]);
}

std::string text(double x, double y, std::string_view anchor, std::string_view content) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                       escaped(content));
}

std::string horizontal_lines(const Axis& axis) {
    std::string out;
    const double step = step_for(axis.high);
    for (double value = 0; value <= axis.high * 1.001; value += step) {
        const double y = axis.place(value);
        out += fmt::format("<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>",
                           left, width - right, y, y) +
               text(left - 6, y + 4, "end", number(value));
    }
    return out;
}

std::string horizontal_labels(const Axis& axis, std::string_view label) {
    constexpr double baseline = height - bottom + 16;
    return text(left, baseline, "start", number(axis.low)) +
           text(width - right, baseline, "end", number(axis.high)) +
           text((left + width - right) / 2, height - 6, "middle", label);
}

std::string line_through(const std::vector<std::pair<double, double>>& points, const Axis& across,
                         const Axis& up) {
    std::string line;
    std::string dots;
    const bool shows_dots = points.size() <= 40;
    for (const auto& [x, y] : points) {
        line += fmt::format("{:.1f},{:.1f} ", across.place(x), up.place(y));
        dots += shows_dots ? fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>",
                                         across.place(x), up.place(y))
                           : "";
    }
    return fmt::format("<polyline points=\"{}\"/>{}", line, dots);
}

bool can_be_drawn(const std::pair<double, double>& point) {
    return std::isfinite(point.first) && std::isfinite(point.second) && point.second >= 0;
}

}  // namespace

std::string svg_plot(const validate::Series& series) {
    std::vector<std::pair<double, double>> points;
    std::ranges::copy_if(series.points, std::back_inserter(points), can_be_drawn);
    if (points.empty()) {
        return {};
    }
    const Axis across = horizontal_axis(points);
    const Axis up = vertical_axis(points);
    return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width, height,
                       escaped(series.name)) +
           text(left, 15, "start", fmt::format("{} ({})", series.name, series.y_label)) +
           horizontal_lines(up) + horizontal_labels(across, series.x_label) +
           line_through(points, across, up) + "</svg>\n";
}

}  // namespace trilby::report
