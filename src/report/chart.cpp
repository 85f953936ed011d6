// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>

#include "base/units.hpp"

namespace trilby::report {
namespace {

struct Bounds {
    double low = HUGE_VAL;
    double high = -HUGE_VAL;

    void include(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

/// The ends of an axis with `dots` dots, and where a value lies between them.
struct DotAxis {
    Bounds bounds;
    bool is_logarithmic = false;
    int dots = 1;

    [[nodiscard]] int place(double value) const {
        const double part = is_logarithmic
                                ? std::log(value / bounds.low) / std::log(bounds.high / bounds.low)
                                : (value - bounds.low) / (bounds.high - bounds.low);
        // Equal ends have no part.
        return part >= 0 ? static_cast<int>(std::lround(std::min(part, 1.0) * (dots - 1))) : 0;
    }
};

/// A grid of characters. Each has one dot, or 2 x 4 of them in Braille.
class Canvas {
  public:
    Canvas(int columns, int rows, bool is_braille)
        : columns_(columns),
          rows_(rows),
          dots_across_(is_braille ? 2 : 1),
          dots_up_(is_braille ? 4 : 1),
          cells_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)) {}

    [[nodiscard]] int width() const { return columns_ * dots_across_; }
    [[nodiscard]] int height() const { return rows_ * dots_up_; }

    /// `y` counts up.
    void set_dot(int x, int y, std::size_t line) {
        const int down = height() - 1 - y;
        Cell& cell = at(x / dots_across_, down / dots_up_);
        cell.dots |= braille_dots.at(static_cast<std::size_t>(down % dots_up_))
                         .at(static_cast<std::size_t>(x % dots_across_));
        cell.line = line;
    }

    void draw_line(int x1, int y1, int x2, int y2, std::size_t line) {
        const int steps = std::max({std::abs(x2 - x1), std::abs(y2 - y1), 1});
        for (int step = 0; step <= steps; ++step) {
            const double part = static_cast<double>(step) / steps;
            set_dot(x1 + static_cast<int>(std::lround(part * (x2 - x1))),
                    y1 + static_cast<int>(std::lround(part * (y2 - y1))), line);
        }
    }

    /// Characters with the same paint are added at once.
    void add_row(int row, const Chart& chart, ScreenLine& out) const {
        for (int first = 0, next = 0; first < columns_; first = next) {
            const Paint paint = paint_of(at(first, row), chart);
            SafeText characters;
            for (; next < columns_ && paint_of(at(next, row), chart) == paint; ++next) {
                characters += character_of(at(next, row));
            }
            out.add_drawn(characters, next - first, paint);
        }
    }

    /// The character for a line that has no color of its own.
    static SafeText mark(std::size_t line) { return line == 0 ? "*" : "o"; }

  private:
    struct Cell {
        std::uint8_t dots = 0;
        std::size_t line = 0;  ///< the last one with a dot here
    };

    // Unicode numbers the dots of its Braille patterns in this order.
    static constexpr std::array<std::array<std::uint8_t, 2>, 4> braille_dots{
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

    static Paint paint_of(const Cell& cell, const Chart& chart) {
        return cell.dots == 0 ? Paint::plain : chart.lines[cell.line].paint;
    }

    [[nodiscard]] SafeText character_of(const Cell& cell) const {
        if (cell.dots == 0) {
            return " ";
        }
        if (dots_up_ == 1) {
            return mark(cell.line);
        }
        // U+2800 and the following in UTF-8.
        const std::string braille{'\xe2', static_cast<char>(0xa0 + (cell.dots >> 6)),
                                  static_cast<char>(0x80 + (cell.dots & 0x3f))};
        return SafeText(braille);
    }

    [[nodiscard]] const Cell& at(int column, int row) const { return cells_[index(column, row)]; }
    Cell& at(int column, int row) { return cells_[index(column, row)]; }
    [[nodiscard]] std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
               static_cast<std::size_t>(column);
    }

    int columns_;
    int rows_;
    int dots_across_;
    int dots_up_;
    std::vector<Cell> cells_;
};

double middle(const Curve::Stretch& stretch) {
    return stretch.low / 2 + stretch.high / 2;
}

struct Axes {
    DotAxis across;
    DotAxis up;
};

Axes axes_of(const Chart& chart) {
    constexpr double logarithmic_from = 100;
    Axes axes;
    for (const Chart::Line& line : chart.lines) {
        for (const Curve::Stretch& stretch : line.curve->stretches()) {
            axes.across.bounds.include(static_cast<double>(stretch.first));
            axes.across.bounds.include(static_cast<double>(stretch.last));
            axes.up.bounds.include(stretch.low);
            axes.up.bounds.include(stretch.high);
        }
    }
    const Bounds& up = axes.up.bounds;
    axes.up.is_logarithmic = up.low > 0 && up.high / up.low >= logarithmic_from;
    return axes;
}

void draw_curve(const Curve& curve, const Axes& axes, std::size_t line, Canvas& canvas) {
    std::optional<std::pair<int, int>> before;
    for (const Curve::Stretch& stretch : curve.stretches()) {
        const int x = axes.across.place(
            (static_cast<double>(stretch.first) + static_cast<double>(stretch.last)) / 2);
        const int y = axes.up.place(middle(stretch));
        canvas.draw_line(x, axes.up.place(stretch.low), x, axes.up.place(stretch.high), line);
        if (before) {
            canvas.draw_line(before->first, before->second, x, y, line);
        }
        before = {x, y};
    }
}

std::string label_of(double value, const train::MetricKind& metric) {
    return metric.is_fraction ? fmt::format("{:.3g} %", 100 * value) : format_measure(value);
}

/// The title, and which line is which if there are several.
ScreenLine title_of(const Chart& chart, bool has_marks, const Window& window, int columns) {
    ScreenLine out(window, columns);
    out.add(chart.title, Paint::bold);
    for (std::size_t i = 0; i < chart.lines.size(); ++i) {
        const Chart::Line& line = chart.lines[i];
        if (out.left() > columns_taken(line.name, window) + 4) {
            out.add("  ");
            out.add_drawn(has_marks ? Canvas::mark(i) + " " : SafeText(), has_marks ? 2 : 0,
                          line.paint);
            out.add(line.name, line.paint);
        }
    }
    return out;
}

/// The first and the last epoch, below the ends of the axis.
ScreenLine epochs_of(const Bounds& epochs, int gutter, const Window& window, int columns) {
    ScreenLine out(window, columns);
    const std::string last = fmt::format("{:.0f}", epochs.high);
    out.move_to(gutter);
    out.add(fmt::format("{:.0f}", epochs.low), Paint::faint);
    const int last_from = columns - static_cast<int>(last.size());
    if (epochs.high > epochs.low && last_from > out.used()) {
        out.move_to(last_from);
        out.add(last, Paint::faint);
    }
    return out;
}

/// The value of a row at one of the ends of the axis, and the axis.
void add_axis(std::string_view label, int gutter, const Window& window, ScreenLine& out) {
    out.move_to(gutter - 2 - static_cast<int>(label.size()));
    out.add(label, Paint::faint);
    out.move_to(gutter - 2);
    out.add_drawn(window.has_utf8 ? SafeText(" \u2502") : SafeText(" |"), 2, Paint::faint);
}

std::vector<ScreenLine> empty_chart(const Chart& chart, const Window& window, int columns,
                                    int rows) {
    std::vector<ScreenLine> lines{title_of(chart, false, window, columns)};
    lines.resize(static_cast<std::size_t>(rows), ScreenLine(window, columns));
    lines.at(1).add("no values yet", Paint::faint);
    return lines;
}

}  // namespace

void Curve::add(std::int64_t epoch, double value) {
    constexpr double limit = 1e300;  // differences and quotients of smaller values do not overflow
    if (!(std::abs(value) < limit)) {
        return;
    }
    if (stretches_.empty() || epochs_in_last_ == epochs_per_stretch_) {
        if (stretches_.size() == most_stretches) {
            for (std::size_t i = 0; i < most_stretches / 2; ++i) {
                const Stretch& first = stretches_[2 * i];
                const Stretch& second = stretches_[2 * i + 1];
                stretches_[i] = {first.first, second.last, std::min(first.low, second.low),
                                 std::max(first.high, second.high)};
            }
            stretches_.resize(most_stretches / 2);
            epochs_per_stretch_ *= 2;
        }
        stretches_.push_back({epoch, epoch, value, value});
        epochs_in_last_ = 1;
        return;
    }
    Stretch& last = stretches_.back();
    last = {last.first, epoch, std::min(last.low, value), std::max(last.high, value)};
    ++epochs_in_last_;
}

std::vector<ScreenLine> draw(const Chart& chart, const Window& window, int columns, int rows) {
    Axes axes = axes_of(chart);
    if (axes.up.bounds.low > axes.up.bounds.high) {
        return empty_chart(chart, window, columns, rows);
    }
    const bool is_braille = window.has_utf8 && (window.has_color || chart.lines.size() == 1);
    const auto [low, high] = axes.up.bounds;
    const std::string bottom = label_of(low, chart.metric);
    const std::string top = high > low ? label_of(high, chart.metric) : "";
    const int gutter = static_cast<int>(std::max(top.size(), bottom.size())) + 2;
    Canvas canvas(std::max(1, columns - gutter), std::max(1, rows - 2), is_braille);
    axes.across.dots = canvas.width();
    axes.up.dots = canvas.height();
    for (std::size_t i = 0; i < chart.lines.size(); ++i) {
        draw_curve(*chart.lines[i].curve, axes, i, canvas);
    }
    std::vector<ScreenLine> lines{title_of(chart, !is_braille, window, columns)};
    for (int row = 0; row < rows - 2; ++row) {
        ScreenLine& line = lines.emplace_back(window, columns);
        add_axis(row == 0 ? top : row == rows - 3 ? bottom : "", gutter, window, line);
        canvas.add_row(row, chart, line);
    }
    lines.push_back(epochs_of(axes.across.bounds, gutter, window, columns));
    return lines;
}

}  // namespace trilby::report
