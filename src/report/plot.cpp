// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/plot.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <string_view>
#include <tuple>

namespace trilby::report {
namespace {

constexpr double width = 460;
constexpr double height = 200;
constexpr double left = 58;
constexpr double right = 14;
constexpr double top = 26;
constexpr double bottom = 40;
constexpr double logarithmic_from = 100;  // the ratio of the ends of an axis

struct Range {
    double low = 0;
    double high = 0;
};

/// Values of one axis and their places in the picture.
struct Axis {
    double low = 0;
    double high = 1;
    double step = 1;  ///< between grid lines
    bool is_logarithmic = false;
    double first_pixel = 0;
    double last_pixel = 1;

    [[nodiscard]] double place(double value) const {
        const double part = is_logarithmic ? std::log(value / low) / std::log(high / low)
                                           : (value - low) / (high - low);
        return first_pixel + part * (last_pixel - first_pixel);
    }
};

/// The values of all points that `value` returns.
template <class Value>
Range range_of(const std::vector<PlotLine>& lines, Value value) {
    Range range{HUGE_VAL, -HUGE_VAL};
    for (const PlotLine& line : lines) {
        for (const auto& point : line.points) {
            range.low = std::min(range.low, value(point));
            range.high = std::max(range.high, value(point));
        }
    }
    return range;
}

Range range_across(const std::vector<PlotLine>& lines) {
    return range_of(lines, [](const auto& point) { return point.first; });
}

Range range_up(const std::vector<PlotLine>& lines) {
    return range_of(lines, [](const auto& point) { return point.second; });
}

Axis horizontal_axis(const Range& range, bool may_be_logarithmic) {
    Axis axis{
        .low = range.low, .high = range.high, .first_pixel = left, .last_pixel = width - right};
    axis.is_logarithmic =
        may_be_logarithmic && axis.low > 0 && axis.high / axis.low >= logarithmic_from;
    if (!(axis.high > axis.low)) {
        axis.high = axis.low + std::max(1.0, std::abs(axis.low));
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

/// `range` between two grid lines.
Axis rounded_axis(const Range& range, double first_pixel, double last_pixel) {
    constexpr double least_part = 1e-6;  // of a value; a smaller range is rounding
    const double size = std::max(std::abs(range.low), std::abs(range.high));
    const double extent = range.high - range.low;
    const double step = step_for(extent > least_part * size && extent > 0 ? extent
                                 : size > 0                               ? size
                                                                          : 1);
    return {.low = step * std::floor(range.low / step),
            .high = step * std::ceil(range.high / step + 1e-9),
            .step = step,
            .first_pixel = first_pixel,
            .last_pixel = last_pixel};
}

Axis vertical_axis(const Range& range) {
    return rounded_axis(range, height - bottom, top);
}

std::string number(double value) {
    constexpr std::string_view suffixes[] = {"", "k", "M", "G", "T"};
    std::size_t suffix = 0;
    while (std::abs(value) >= 1000 && suffix + 1 < std::size(suffixes)) {
        value /= 1000;
        ++suffix;
    }
    return fmt::format("{:.4g}{}", value, suffixes[suffix]);
}

Markup text(double x, double y, std::string_view anchor, std::string_view content) {
    return Markup::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y,
                          anchor, content);
}

Markup line(std::string_view kind, double x1, double y1, double x2, double y2) {
    return Markup::format(
        "<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", kind, x1,
        x2, y1, y2);
}

Markup horizontal_lines(const Axis& axis) {
    Markup out;
    const auto steps = static_cast<int>(std::lround((axis.high - axis.low) / axis.step));
    for (int i = 0; i <= steps; ++i) {
        const double value = std::round(axis.low / axis.step + i) * axis.step;
        const double y = axis.place(value);
        out +=
            line("grid", left, y, width - right, y) + text(left - 6, y + 4, "end", number(value));
    }
    return out;
}

Markup horizontal_labels(const Axis& axis, std::string_view label) {
    constexpr double baseline = height - bottom + 16;
    return text(left, baseline, "start", number(axis.low)) +
           text(width - right, baseline, "end", number(axis.high)) +
           text((left + width - right) / 2, height - 6, "middle", label);
}

/// The smallest and the largest value of each half pixel across, in their order.
Points thinned(const Points& points, const Axis& across) {
    constexpr double columns_per_pixel = 2;
    if (static_cast<double>(points.size()) <= 2 * columns_per_pixel * width) {
        return points;
    }
    const auto column = [&](const auto& point) {
        return std::floor(across.place(point.first) * columns_per_pixel);
    };
    Points kept;
    for (auto first = points.begin(); first != points.end();) {
        // The next point, at least: a ratio that overflows has no place, and NaN equals nothing.
        const auto last = std::find_if(std::next(first), points.end(), [&](const auto& point) {
            return column(point) != column(*first);
        });
        const auto [least, most] = std::minmax_element(
            first, last, [](const auto& a, const auto& b) { return a.second < b.second; });
        kept.push_back(*std::min(least, most));
        if (least != most) {
            kept.push_back(*std::max(least, most));
        }
        first = last;
    }
    return kept;
}

Markup line_through(const Points& points, const Axis& across, const Axis& up, bool shows_dots) {
    Markup line;
    Markup dots;
    for (const auto& [x, y] : thinned(points, across)) {
        line += Markup::format("{:.1f},{:.1f} ", across.place(x), up.place(y));
        dots += shows_dots ? Markup::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>",
                                            across.place(x), up.place(y))
                           : Markup();
    }
    return Markup::format("<polyline points=\"{}\"/>{}", line, dots);
}

/// Each name with a piece of its line, from right to left.
Markup legend(const std::vector<PlotLine>& lines) {
    constexpr double baseline = 15;
    constexpr double character = 6.2;  // about, in pixels
    Markup out;
    double x = width - right;
    for (std::size_t i = lines.size(); i-- > 0;) {
        out += text(x, baseline, "end", lines[i].name);
        x -= character * static_cast<double>(lines[i].name.size()) + 6;
        out +=
            Markup::format("<g class=\"line-{0}\"><polyline points=\"{1:.1f},11 {2:.1f},11\"/></g>",
                           i + 1, x - 22, x);
        x -= 34;
    }
    return lines.size() > 1 ? out : Markup();
}

/// Larger values could overflow in a difference.
bool is_moderate(double value) {
    constexpr double limit = 1e300;
    return std::abs(value) < limit;
}

std::vector<PlotLine> drawable_lines(const Plot& plot) {
    const auto can_be_drawn = [&](const auto& point) {
        return is_moderate(point.first) && is_moderate(point.second) &&
               (point.second >= 0 || !plot.starts_at_zero);
    };
    std::vector<PlotLine> lines;
    for (const PlotLine& line : plot.lines) {
        Points points;
        std::ranges::copy_if(line.points, std::back_inserter(points), can_be_drawn);
        if (!points.empty()) {
            lines.push_back({line.name, std::move(points)});
        }
    }
    return lines;
}

/// The start of the element, with the name of the plot.
Markup start(std::string_view name, std::string_view y_label) {
    const Markup title = y_label.empty() ? Markup(name) : Markup::format("{} ({})", name, y_label);
    return Markup::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width,
                          height, name) +
           Markup::format("<text x=\"{:.1f}\" y=\"15.0\" text-anchor=\"start\">{}</text>", left,
                          title);
}

Markup marked(const std::optional<double>& mark, const Axis& across) {
    return mark && *mark >= across.low && *mark <= across.high
               ? line("mark", across.place(*mark), top, across.place(*mark), height - bottom)
               : Markup();
}

/// Dots as one path: a line of no length has the shape of its ends.
Markup dots(const Points& points, const Axis& across, const Axis& up) {
    Markup path;
    for (const auto& [x, y] : points) {
        path += Markup::format("M{:.1f},{:.1f}h0", across.place(x), up.place(y));
    }
    return Markup::format("<path class=\"dots\" d=\"{}\"/>", path);
}

std::vector<std::size_t> count_in(const std::vector<double>& values, const Axis& axis,
                                  std::size_t bins) {
    std::vector<std::size_t> counts(bins, 0);
    for (const double value : values) {
        const double place = (value - axis.low) / (axis.high - axis.low);
        ++counts[std::min(bins - 1, static_cast<std::size_t>(place * static_cast<double>(bins)))];
    }
    return counts;
}

Markup bars(const std::vector<std::size_t>& counts, const Axis& up) {
    Markup out;
    const double bar = (width - right - left) / static_cast<double>(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double y = up.place(static_cast<double>(counts[i]));
        out +=
            Markup::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
                           left + bar * static_cast<double>(i), y, bar - 1, height - bottom - y);
    }
    return out;
}

}  // namespace

Markup svg_lines(const Plot& plot) {
    const std::vector<PlotLine> lines = drawable_lines(plot);
    if (lines.empty()) {
        return {};
    }
    const Axis across = horizontal_axis(range_across(lines), plot.may_be_logarithmic);
    const auto [low, high] = range_up(lines);
    const Axis up = vertical_axis({plot.starts_at_zero ? 0 : low, high});
    Markup out = start(plot.name, plot.y_label) + horizontal_lines(up) +
                 horizontal_labels(across, plot.x_label) + marked(plot.mark, across);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Points& points = lines[i].points;
        const bool shows_dots = points.size() <= (lines.size() > 1 ? 8 : 40);
        out += Markup::format("<g class=\"line-{}\">{}</g>", i + 1,
                              line_through(points, across, up, shows_dots));
    }
    return out + legend(lines) + "</svg>\n";
}

Markup svg_plot(const validate::Series& series) {
    return svg_lines({.name = series.name,
                      .x_label = series.x_label,
                      .y_label = series.y_label,
                      .lines = {{series.name, series.points}},
                      .may_be_logarithmic = true});
}

Markup svg_scatter(const Plot& plot) {
    const std::vector<PlotLine> lines = drawable_lines(plot);
    if (lines.empty()) {
        return {};
    }
    const Range x = range_across(lines);
    const Range y = range_up(lines);
    const Range both{std::min(x.low, y.low), std::max(x.high, y.high)};
    const Axis up = vertical_axis(both);
    Axis across = up;
    std::tie(across.first_pixel, across.last_pixel) = std::tuple(left, width - right);
    return start(plot.name, plot.y_label) + horizontal_lines(up) +
           horizontal_labels(across, plot.x_label) +
           line("mark", across.place(up.low), up.place(up.low), across.place(up.high),
                up.place(up.high)) +
           dots(lines.front().points, across, up) + "</svg>\n";
}

Markup svg_histogram(const std::string& name, const std::string& x_label,
                     const std::vector<double>& values) {
    constexpr std::size_t bins = 40;
    std::vector<double> shown;
    std::ranges::copy_if(values, std::back_inserter(shown), is_moderate);
    if (shown.empty()) {
        return {};
    }
    const auto [least, most] = std::ranges::minmax(shown);
    const Axis across = rounded_axis({least, most}, left, width - right);
    const auto counts = count_in(shown, across, bins);
    const Axis up = vertical_axis({0, static_cast<double>(std::ranges::max(counts))});
    return start(name, "") + horizontal_lines(up) + horizontal_labels(across, x_label) +
           bars(counts, up) + "</svg>\n";
}

}  // namespace trilby::report
