// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/dashboard.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "base/units.hpp"
#include "report/dashboard_facts.hpp"

namespace trilby::report {
namespace {

using train::EpochEvent;

int facts_across(const Window& window) {
    constexpr int least_columns = 28;
    constexpr int most = 4;
    return std::clamp(window.columns / least_columns, 1, most);
}

using Lines = std::vector<ScreenLine>;

ScreenLine heading_line(const Dashboard& dashboard, const Window& window) {
    constexpr int least_name = 8;
    const StateWords state = state_words(dashboard);
    const int state_columns = static_cast<int>(state.text.size());
    const bool has_state = window.columns >= least_name + 2 + state_columns;
    ScreenLine name(window, window.columns - (has_state ? state_columns + 2 : 0));
    name.add(dashboard.run.name(), Paint::bold);
    ScreenLine line(window, window.columns);
    line.add(name);
    if (has_state) {
        line.move_to(window.columns - state_columns);
        line.add(state.text, state.paint);
    }
    return line;
}

SafeText repeated(const SafeText& character, int count) {
    SafeText text;
    for (int i = 0; i < count; ++i) {
        text += character;
    }
    return text;
}

ScreenLine bar_line(const Dashboard& dashboard, const Window& window) {
    const double part = part_done(dashboard);
    const std::string percent = fmt::format("{:4.0f} %", 100 * part);
    const int columns = std::max(0, window.columns - static_cast<int>(percent.size()));
    const int done = static_cast<int>(part * columns);
    ScreenLine line(window, window.columns);
    line.add_drawn(repeated(window.has_utf8 ? SafeText("\u2588") : SafeText("#"), done), done,
                   Paint::green);
    line.add_drawn(repeated(window.has_utf8 ? SafeText("\u2591") : SafeText("."), columns - done),
                   columns - done, Paint::faint);
    line.add(percent);
    return line;
}

Lines facts_lines(const std::vector<Fact>& facts, const Window& window) {
    constexpr int label_columns = 10;
    const int across = facts_across(window);
    const int columns = window.columns / across;
    Lines lines;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const int place = static_cast<int>(i) % across;
        ScreenLine& line = place == 0 ? lines.emplace_back(window, window.columns) : lines.back();
        ScreenLine fact(window, columns - (across > 1 ? 1 : 0));
        fact.add(facts[i].label, Paint::faint);
        fact.move_to(label_columns);
        fact.add(facts[i].text);
        line.move_to(place * columns);
        line.add(fact);
    }
    return lines;
}

/// The losses, and the deciding metric if that is another value.
std::vector<Chart> charts_of(const EpochHistory& epochs) {
    Chart losses{"loss", {.name = "loss"}, {{"training", &epochs.training_loss, Paint::cyan}}};
    if (!epochs.validation_loss.stretches().empty()) {
        losses.lines.push_back({"validation", &epochs.validation_loss, Paint::yellow});
    }
    std::vector<Chart> charts{std::move(losses)};
    const train::MetricKind* kind = train::find_metric(epochs.metric);
    if (kind != nullptr && kind->name != "loss") {
        charts.push_back(
            {std::string(kind->words), *kind, {{"validation", &epochs.validation, Paint::yellow}}});
    }
    return charts;
}

void append(Lines& lines, Lines more) {
    std::ranges::move(more, std::back_inserter(lines));
}

/// Side by side where there is room, else one below the other.
Lines chart_lines(const std::vector<Chart>& charts, const Window& window, int rows) {
    constexpr int least_columns = 28;
    const int count = static_cast<int>(charts.size());
    const int columns = window.columns / count - 2 * (count - 1);
    if (count == 1 || columns < least_columns) {
        const int shown = std::clamp(rows / least_chart_rows, 1, count);
        Lines lines;
        for (int i = 0; i < shown; ++i) {
            append(lines,
                   draw(charts[static_cast<std::size_t>(i)], window, window.columns, rows / shown));
        }
        return lines;
    }
    Lines lines(static_cast<std::size_t>(rows), ScreenLine(window, window.columns));
    for (int i = 0; i < count; ++i) {
        const Lines drawn = draw(charts[static_cast<std::size_t>(i)], window, columns, rows);
        for (std::size_t row = 0; row < drawn.size(); ++row) {
            lines[row].move_to(i * (window.columns - columns));
            lines[row].add(drawn[row]);
        }
    }
    return lines;
}

/// One column of the table of epochs: its heading, then the newest epochs.
using TableColumn = std::vector<std::string>;

template <class TextOf>
TableColumn table_column(std::string_view heading, const EpochHistory& epochs, std::size_t rows,
                         TextOf text_of) {
    TableColumn column{std::string(heading)};
    for (std::size_t i = 0; i < std::min(rows, epochs.newest.size()); ++i) {
        column.push_back(text_of(epochs.newest[i]));
    }
    return column;
}

/// The most important first.
std::vector<TableColumn> table_columns(const Dashboard& dashboard, std::size_t rows) {
    const EpochHistory& epochs = dashboard.epochs;
    std::vector<TableColumn> columns;
    const auto add = [&](std::string_view heading, auto text_of) {
        columns.push_back(table_column(heading, epochs, rows, text_of));
    };
    add("epoch", [](const EpochEvent& epoch) { return fmt::format("{}", epoch.epoch); });
    add("loss", [](const EpochEvent& epoch) { return fmt::format("{:.4g}", epoch.training_loss); });
    for (const Chart& chart : charts_of(epochs)) {
        const std::string metric(chart.metric.name);
        if (!chart.lines.back().curve->stretches().empty() &&
            chart.lines.back().name != "training") {
            add("validation " + chart.title,
                [metric](const EpochEvent& epoch) { return value_text(metric, epoch.validation); });
        }
    }
    add(dashboard.run.unit + "/s", [](const EpochEvent& epoch) {
        return format_measure(epoch.units_per_second.content.value_or(0));
    });
    add("time", [](const EpochEvent& epoch) {
        return format_duration(moderate(epoch.seconds.content.value_or(0)));
    });
    add("learning rate",
        [](const EpochEvent& epoch) { return fmt::format("{:.3g}", epoch.learning_rate); });
    return columns;
}

/// Columns that do not fit are left out, from the right.
Lines table_lines(const Dashboard& dashboard, const Window& window, int rows) {
    constexpr int gap = 2;
    const std::size_t epochs = static_cast<std::size_t>(std::max(1, rows)) - 1;
    Lines lines(std::min(epochs, dashboard.epochs.newest.size()) + 1,
                ScreenLine(window, window.columns));
    for (const TableColumn& column : table_columns(dashboard, epochs)) {
        int width = 0;
        for (const std::string& cell : column) {
            width = std::max(width, columns_taken(cell, window));
        }
        const int from = lines.front().used() + (lines.front().used() == 0 ? 0 : gap);
        if (from + width > window.columns) {
            break;
        }
        for (std::size_t row = 0; row < column.size(); ++row) {
            lines[row].move_to(from + width - columns_taken(column[row], window));
            lines[row].add(column[row], row == 0 ? Paint::faint : Paint::plain);
        }
    }
    return lines;
}

/// The rows of the parts that can be larger or smaller.
struct Shares {
    int facts = 0;
    int charts = 0;
    int table = 0;
};

/// Charts and the table have an empty line above them. Of many facts, the last ones are less
/// important than the charts.
Shares shares_of(int rows, int facts, int epochs) {
    constexpr int least_facts = 4;
    constexpr int least_charts = least_chart_rows + 1;
    constexpr int least_table = 4;
    Shares shares{.facts = std::min(rows, facts)};
    if (rows >= least_facts + least_charts) {
        shares.facts = std::min(facts, rows - least_charts);
        shares.charts = rows - shares.facts;
        if (epochs > 0 && shares.charts >= least_charts + least_table) {
            shares.table = std::min(std::max(least_table, shares.charts * 2 / 5), epochs + 2);
            shares.charts -= shares.table;
        }
    }
    return shares;
}

Lines below_an_empty_line(Lines lines, const Window& window) {
    lines.insert(lines.begin(), ScreenLine(window, window.columns));
    return lines;
}

ScreenLine painted_line(std::string_view text, Paint paint, const Window& window) {
    ScreenLine line(window, window.columns);
    line.add(text, paint);
    return line;
}

/// The lines that come first in every window.
Lines first_lines(const Dashboard& dashboard, const Window& window) {
    Lines lines{heading_line(dashboard, window), bar_line(dashboard, window)};
    if (const std::string notice = notice_of(dashboard); !notice.empty()) {
        lines.push_back(painted_line(notice, Paint::yellow, window));
    }
    return lines;
}

}  // namespace

void EpochHistory::add(const train::EpochEvent& epoch) {
    if (metric.empty()) {
        metric = train::headline_of(epoch.validation);
    }
    constexpr double none = HUGE_VAL;  // a curve leaves it out
    training_loss.add(epoch.epoch, epoch.training_loss);
    validation_loss.add(epoch.epoch, train::value_of("loss", epoch.validation).value_or(none));
    validation.add(epoch.epoch, train::value_of(metric, epoch.validation).value_or(none));
    const train::MetricKind* kind = train::find_metric(metric);
    if (kind != nullptr && train::is_better(*kind, epoch.validation, best)) {
        best = {epoch.epoch, epoch.validation};
    }
    seconds += moderate(epoch.seconds.content.value_or(0));
    newest.push_front(epoch);
    if (newest.size() > most_newest) {
        newest.pop_back();
    }
}

std::vector<SafeText> draw(const Dashboard& dashboard, const Window& window) {
    constexpr int least_with_footer = 8;
    const bool has_footer = window.rows >= least_with_footer;
    Lines lines = first_lines(dashboard, window);
    const Lines facts = facts_lines(facts_of(dashboard), window);
    const int rows = window.rows - (has_footer ? 1 : 0);
    const Shares shares =
        shares_of(std::max(0, rows - static_cast<int>(lines.size())),
                  static_cast<int>(facts.size()), static_cast<int>(dashboard.epochs.newest.size()));
    append(lines, {facts.begin(), facts.begin() + shares.facts});
    if (shares.charts > 0) {
        append(lines,
               below_an_empty_line(
                   chart_lines(charts_of(dashboard.epochs), window, shares.charts - 1), window));
    }
    if (shares.table > 0) {
        append(lines,
               below_an_empty_line(table_lines(dashboard, window, shares.table - 1), window));
    }
    lines.resize(static_cast<std::size_t>(std::max(0, rows)), ScreenLine(window, window.columns));
    if (has_footer) {
        lines.push_back(painted_line("q quit", Paint::faint, window));
    }
    std::vector<SafeText> texts;
    for (const ScreenLine& line : lines) {
        texts.push_back(line.text());
    }
    return texts;
}

}  // namespace trilby::report
