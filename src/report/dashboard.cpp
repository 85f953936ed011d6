// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/dashboard.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"
#include "base/units.hpp"
#include "report/training_words.hpp"

namespace trilby::report {
namespace {

using train::EpochEvent;
using train::RunState;
using Seconds = std::chrono::duration<double>;

/// A time from a file, made one that can be added and shown.
double moderate(double seconds) {
    constexpr double most = 1e9;
    return seconds > 0 ? std::min(seconds, most) : 0.0;
}

// ---- Facts

struct Fact {
    std::string_view label;
    std::string text;
};

Seconds age_of(std::chrono::sys_seconds time, const Dashboard& dashboard) {
    // The clock of a shared file system may be ahead.
    return std::max(Seconds(0), Seconds(dashboard.now - time));
}

/// The mean of the newest epochs.
double seconds_per_epoch(const EpochHistory& epochs) {
    constexpr std::size_t most = 10;
    const std::size_t count = std::min(most, epochs.newest.size());
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += moderate(epochs.newest[i].seconds.content.value_or(0));
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
}

/// Whether a run that is being trained has not changed its files for so long that it may hang.
bool is_silent(const Dashboard& dashboard) {
    constexpr double least_s = 1200;  // twice the default of --save-every
    constexpr double epochs = 3;
    return dashboard.run.state == RunState::running &&
           age_of(dashboard.run.changed, dashboard).count() >
               std::max(least_s, epochs * seconds_per_epoch(dashboard.epochs));
}

struct StateWords {
    std::string_view text;
    Paint paint;
};

StateWords state_words(const Dashboard& dashboard) {
    if (!dashboard.trouble.empty()) {
        return {"unreadable", Paint::red};
    }
    if (is_silent(dashboard)) {
        return {"no sign of life", Paint::yellow};
    }
    switch (dashboard.run.state) {
        case RunState::running:
            return {"training", Paint::green};
        case RunState::ended:
            return {"finished", Paint::cyan};
        case RunState::stopped:
        case RunState::empty:
            return {"stopped", Paint::yellow};
        case RunState::damaged:
            break;
    }
    return {"damaged", Paint::red};
}

/// A message for the user; empty if there is none.
std::string notice_of(const Dashboard& dashboard) {
    if (!dashboard.trouble.empty()) {
        return dashboard.trouble;
    }
    const train::RunRecord& run = dashboard.run;
    if (!run.damage.empty()) {
        return run.damage;
    }
    return run.state == RunState::stopped || run.state == RunState::empty
               ? "continue with: trilby train --resume " + shell_word(run.folder.string())
               : "";
}

std::string value_text(const std::string& metric, const train::Metrics& metrics) {
    const train::MetricKind* kind = train::find_metric(metric);
    const auto value = metrics.find(metric);
    return kind == nullptr || value == metrics.end() ? ""
                                                     : train::format_metric(*kind, value->second);
}

/// "92.10 % accuracy"
std::string value_and_metric(const std::string& metric, const train::Metrics& metrics) {
    const std::string value = value_text(metric, metrics);
    return value.empty() ? "" : fmt::format("{} {}", value, train::find_metric(metric)->words);
}

std::string best_text(const Dashboard& dashboard) {
    const train::BestEpoch& best = dashboard.epochs.best;
    return best.epoch == 0
               ? ""
               : fmt::format("{} in epoch {}", value_text(dashboard.epochs.metric, best.validation),
                             best.epoch);
}

/// The epoch whose weights were tested, in a run that has ended. With few examples to validate, it
/// is the one with the lowest loss, not the one with the best accuracy.
std::string weights_text(const train::RunRecord& run) {
    return run.result && run.result->best_epoch
               ? fmt::format("of epoch {}", *run.result->best_epoch)
               : "";
}

/// The steps so far, and of the whole run where all epochs have as many.
std::string steps_text(const Dashboard& dashboard) {
    constexpr std::int64_t most = 1'000'000'000'000;
    const auto text = [](std::int64_t done, std::int64_t all) {
        return fmt::format("{} of {}", format_count(done), format_count(all));
    };
    if (dashboard.live) {
        return text(dashboard.live->step, dashboard.live->steps);
    }
    if (dashboard.epochs.newest.empty()) {
        return "";
    }
    const EpochEvent& newest = dashboard.epochs.newest.front();
    const std::int64_t each = newest.step / newest.epoch;
    return each > 0 && each < most && newest.step % newest.epoch == 0 && dashboard.run.epochs > 0
               ? text(newest.step, each * dashboard.run.epochs)
               : format_count(newest.step);
}

/// The part of the run that is done: of the steps where they are known, else of the epochs.
double part_done(const Dashboard& dashboard) {
    const auto part = [](std::int64_t done, std::int64_t all) {
        return std::clamp(
            static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(1, all)), 0.0,
            1.0);
    };
    return dashboard.live ? part(dashboard.live->step, dashboard.live->steps)
                          : part(dashboard.run.epochs_done(), dashboard.run.epochs);
}

std::optional<double> loss_of(const Dashboard& dashboard) {
    if (dashboard.live) {
        return dashboard.live->training_loss.content;
    }
    const auto& newest = dashboard.epochs.newest;
    return newest.empty() ? std::nullopt : std::optional(newest.front().training_loss);
}

std::optional<double> speed_of(const Dashboard& dashboard) {
    if (dashboard.live) {
        return dashboard.live->units_per_second;
    }
    const auto& newest = dashboard.epochs.newest;
    return newest.empty() ? std::nullopt : newest.front().units_per_second.content;
}

/// Since the last epoch ended, in a run that is being trained.
double seconds_of_this_epoch(const Dashboard& dashboard) {
    const train::RunRecord& run = dashboard.run;
    return run.state == RunState::running && run.last_epoch_ended
               ? age_of(*run.last_epoch_ended, dashboard).count()
               : 0;
}

std::string time_left_text(const Dashboard& dashboard) {
    if (dashboard.live) {
        return format_duration(moderate(dashboard.live->seconds_left));
    }
    const double each = seconds_per_epoch(dashboard.epochs);
    if (dashboard.run.state != RunState::running || each <= 0) {
        return "";
    }
    const auto left = static_cast<double>(
        std::max<std::int64_t>(0, dashboard.run.epochs - dashboard.epochs.last()));
    const double of_this_epoch = std::min(each, seconds_of_this_epoch(dashboard));
    return format_duration(std::max(0.0, left * each - of_this_epoch));
}

std::string ago(std::chrono::sys_seconds time, const Dashboard& dashboard) {
    return format_duration(age_of(time, dashboard)) + " ago";
}

std::string epochs_done_text(const Dashboard& dashboard) {
    const std::int64_t done = std::max(dashboard.epochs.last(), dashboard.run.epochs_done());
    return dashboard.run.epochs > 0
               ? fmt::format("{} of {}", format_count(done), format_count(dashboard.run.epochs))
               : format_count(done);
}

std::string machine_words(const train::RunRecord& run) {
    return run.machine ? fmt::format("{}{}{}", run.machine->backend,
                                     run.machine->device.empty() ? "" : ", ", run.machine->device)
                       : "";
}

/// The most important first. Facts that are not known are left out.
std::vector<Fact> facts_of(const Dashboard& dashboard) {
    const train::RunRecord& run = dashboard.run;
    const EpochHistory& epochs = dashboard.epochs;
    const EpochEvent* newest = epochs.newest.empty() ? nullptr : &epochs.newest.front();
    const auto loss = loss_of(dashboard);
    const auto speed = speed_of(dashboard);
    std::vector<Fact> facts{
        {"epoch", epochs_done_text(dashboard)},
        {"time left", time_left_text(dashboard)},
        {"test", run.result ? value_and_metric(run.result->metric, run.result->test) : ""},
        {"current", newest == nullptr ? "" : value_and_metric(epochs.metric, newest->validation)},
        {"best", best_text(dashboard)},
        {"weights", weights_text(run)},
        {"loss", loss ? fmt::format("{:.4g}", *loss) : ""},
        {"passed", format_duration(epochs.seconds + seconds_of_this_epoch(dashboard))},
        {"changed", ago(run.changed, dashboard)},
        {"speed", speed ? speed_in_words(*speed, run.unit) : ""},
        {"step", steps_text(dashboard)},
        {"lr", newest == nullptr ? "" : fmt::format("{:.3g}", newest->learning_rate)},
        {"saved", run.saved ? ago(*run.saved, dashboard) : ""},
        {"recipe", run.recipe},
        {"device", machine_words(run)},
    };
    std::erase_if(facts, [](const Fact& fact) { return fact.text.empty(); });
    return facts;
}

int facts_across(const Window& window) {
    constexpr int least_columns = 28;
    constexpr int most = 4;
    return std::clamp(window.columns / least_columns, 1, most);
}

// ---- Parts of the window, as lines

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

// ---- The window

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
