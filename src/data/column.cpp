// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/column.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ranges>
#include <tuple>

#include "base/text.hpp"
#include "base/units.hpp"

namespace trilby::data {
namespace {

// Numbers are still numbers if one value in this many is a word such as "unknown".
constexpr std::uint64_t numbers_per_word = 20;
constexpr std::size_t most_words = 3;
// One word for a missing value, such as "-", may be more frequent where the numbers measure.
constexpr std::uint64_t values_per_single_word = 2;
constexpr std::size_t numbers_that_measure = 20;
constexpr std::size_t longest_word_bytes = 100;
// A node of the map with its bucket. The node has a short text in it, the heap adds to a long one.
constexpr std::size_t bytes_per_level = 80;
constexpr std::size_t most_bytes_in_node = 15;
constexpr std::size_t bytes_per_long_text = 16;
// Texts are a list to choose from if they are few, or if each occurs twice on average.
constexpr std::uint64_t rows_per_level = 2;
constexpr std::size_t always_a_list = 20;

// The first that fits is taken.
constexpr std::array date_orders{
    DateOrder::year_first,      DateOrder::day_first,         DateOrder::month_first,
    DateOrder::day_first_short, DateOrder::month_first_short, DateOrder::compact,
    DateOrder::years,           DateOrder::unix_seconds,      DateOrder::unix_milliseconds};
constexpr std::span written_orders = std::span(date_orders).first<5>();
constexpr std::span compact_orders = std::span(date_orders).subspan<5, 1>();
constexpr std::span number_orders = std::span(date_orders).last<3>();

constexpr std::array<std::string_view, 6> parts_of_time_names{"time",  "date", "year",
                                                              "epoch", "unix", "stamp"};
constexpr std::array<std::string_view, 4> time_names{"t", "ts", "ds", "yr"};

std::string_view order_text(DateOrder order) {
    switch (order) {
        case DateOrder::day_first:
            return "day before month";
        case DateOrder::month_first:
            return "month before day";
        case DateOrder::day_first_short:
            return "day before month, years from 1969 to 2068";
        case DateOrder::month_first_short:
            return "month before day, years from 1969 to 2068";
        case DateOrder::compact:
            return "numbers of days such as 20240301";
        case DateOrder::years:
            return "numbers of years";
        case DateOrder::unix_seconds:
            return "seconds since 1970";
        case DateOrder::unix_milliseconds:
            return "milliseconds since 1970";
        case DateOrder::year_first:
            break;
    }
    return "";
}

std::size_t bytes_of_level(std::string_view text) {
    return bytes_per_level +
           (text.size() <= most_bytes_in_node ? 0 : text.size() + bytes_per_long_text);
}

/// As a predicate of the column.
std::string text_of(LevelLimit limit) {
    switch (limit) {
        case LevelLimit::count:
            return fmt::format("has more than {} different values", format_count(level_limit));
        case LevelLimit::length:
            return fmt::format("has a text of more than {}", format_bytes(longest_level_bytes));
        case LevelLimit::all_lists:
            return fmt::format("has too many different values: all columns have more than {}",
                               format_bytes(level_memory_bytes));
        case LevelLimit::none:
            break;
    }
    return "";
}

/// "customer_id" or "PassengerId", but not "humid".
bool sounds_like_id(std::string_view name) {
    const std::string lower = lower_case(name);
    const bool is_word = name.ends_with("Id") || name.ends_with("ID") || lower.ends_with("_id") ||
                         lower.ends_with(" id") || lower.ends_with(".id");
    return lower == "id" || is_word;
}

}  // namespace

bool sounds_like_time(std::string_view name) {
    const std::string lower = lower_case(name);
    return std::ranges::find(time_names, lower) != time_names.end() ||
           std::ranges::any_of(parts_of_time_names, [&](std::string_view part) {
               return lower.find(part) != std::string::npos;
           });
}

bool sounds_like_day(std::string_view name) {
    return sounds_like_time(name) || lower_case(name).contains("day");
}

void NumberSummary::add(double value) {
    minimum = count == 0 ? value : std::min(minimum, value);
    maximum = count == 0 ? value : std::max(maximum, value);
    ++count;
    const double before = value - mean;
    mean += before / static_cast<double>(count);
    squares += before * (value - mean);
}

double NumberSummary::deviation() const {
    return count == 0 ? 0.0 : std::sqrt(squares / static_cast<double>(count));
}

void ColumnProfile::add(std::string_view text) {
    if (is_missing(text)) {
        ++missing_;
        return;
    }
    ++present_;
    add_level(text);
    const auto number = parse_decimal(text, commas_);
    if (!number) {
        add_other(text);
    } else if (std::abs(*number) <= largest_number) {
        add_number(*number, text);
    } else {
        ++infinite_;
    }
}

void ColumnProfile::add_number(double number, std::string_view text) {
    if (numbers_.count > 0) {
        counts_up_ = counts_up_ && number == last_number_ + 1.0;
        rises_ = rises_ && number >= last_number_;
        falls_ = falls_ && number <= last_number_;
    }
    last_number_ = number;
    numbers_.add(number);
    add_times(text, compact_orders);
    if (rises_ || falls_) {
        add_times(text, number_orders);
    }
}

void ColumnProfile::add_other(std::string_view text) {
    add_times(text, written_orders);
    if (others_.size() > most_words) {
        return;
    }
    const std::string start =
        text.size() > longest_word_bytes ? printable(text, longest_word_bytes) : "";
    const std::string_view word = start.empty() ? text : start;
    if (std::ranges::find(others_, word) == others_.end()) {
        others_.emplace_back(word);
    }
}

void ColumnProfile::add_times(std::string_view text, std::span<const DateOrder> orders) {
    for (const DateOrder order : orders) {
        TimeProfile& profile = times_[static_cast<std::size_t>(order)];
        // An order counts only if every value has it.
        const bool is_possible = profile.count() + 1 == present_;
        if (const auto seconds = is_possible ? parse_date(text, order) : std::nullopt) {
            profile.add(*seconds);
        }
    }
}

void ColumnProfile::add_level(std::string_view text) {
    if (!has_levels()) {
        return;
    }
    if (text.size() > longest_level_bytes) {
        drop_levels(LevelLimit::length);
        return;
    }
    if (++levels_[std::string(text)] > 1) {
        return;
    }
    level_bytes_ += bytes_of_level(text);
    if (levels_.size() > level_limit) {
        drop_levels(LevelLimit::count);
    }
}

void ColumnProfile::drop_levels(LevelLimit why) {
    beyond_ = why;
    level_bytes_ = 0;
    levels_ = decltype(levels_)();  // unlike clear(), gives the buckets back too
}

std::vector<LevelCount> ColumnProfile::levels() const {
    std::vector<LevelCount> sorted;
    for (const auto& [text, count] : levels_) {
        sorted.push_back({text, count});
    }
    std::ranges::sort(sorted, [](const LevelCount& a, const LevelCount& b) {
        return a.count != b.count ? a.count > b.count : a.text < b.text;
    });
    return sorted;
}

bool ColumnProfile::is_number() const {
    const std::uint64_t numbers = numbers_.count + infinite_;
    const std::uint64_t words = present_ - numbers;
    const bool are_few = others_.size() <= most_words && words * numbers_per_word <= present_;
    const bool are_one =
        others_.size() == 1 && words * values_per_single_word <= present_ && measures();
    return numbers > 0 && (are_few || are_one);
}

bool ColumnProfile::measures() const {
    return beyond_ == LevelLimit::count || beyond_ == LevelLimit::all_lists ||
           levels_.size() > numbers_that_measure;
}

bool ColumnProfile::has_repeats() const {
    return levels_.size() < present_;
}

bool ColumnProfile::has_numbers_only() const {
    return others_.empty() && measures();
}

bool ColumnProfile::tells_rows_apart(std::string_view name) const {
    const bool are_different = levels_.size() == present_ || (!has_levels() && (rises_ || falls_));
    return sounds_like_id(name) && numbers_.count == present_ && are_different && measures();
}

bool ColumnProfile::counts_rows() const {
    return counts_up_ && missing_ == 0 && numbers_.count == present_ && present_ > 2 &&
           (numbers_.minimum == 0.0 || numbers_.minimum == 1.0);
}

std::optional<DateOrder> ColumnProfile::date_order() const {
    const auto* found = std::ranges::find_if(
        date_orders, [&](DateOrder order) { return times(order).count() == present_; });
    return found == date_orders.end() ? std::nullopt : std::optional(*found);
}

bool ColumnProfile::is_time(std::string_view name) const {
    const auto order = date_order();
    if (order == DateOrder::compact) {
        return sounds_like_day(name);
    }
    return order && missing_ == 0 && sounds_like_time(name) && times(*order).axis();
}

bool ColumnProfile::is_ambiguous(DateOrder order) const {
    return (order == DateOrder::day_first && times(DateOrder::month_first).count() == present_) ||
           (order == DateOrder::day_first_short &&
            times(DateOrder::month_first_short).count() == present_);
}

bool ColumnProfile::is_list() const {
    return has_levels() &&
           (levels_.size() <= always_a_list || levels_.size() * rows_per_level <= present_);
}

std::string ColumnProfile::note_on_number() const {
    std::vector<std::string> notes;
    if (!others_.empty()) {
        const std::uint64_t words = present_ - numbers_.count - infinite_;
        notes.push_back(words == 1
                            ? fmt::format("1 value that is not a number ('{}') counts as missing",
                                          others_.front())
                            : fmt::format("{} values that are not numbers ('{}') count as missing",
                                          format_count(words), fmt::join(others_, "', '")));
    }
    if (infinite_ > 0) {
        notes.push_back(fmt::format("{} that {} infinite or beyond {:.0e} count{} as missing",
                                    counted(infinite_, "value", "values"),
                                    infinite_ == 1 ? "is" : "are", largest_number,
                                    infinite_ == 1 ? "s" : ""));
    }
    return fmt::format("{}", fmt::join(notes, "; "));
}

Column ColumnProfile::best_column(std::string name) const {
    const auto ignored = [&](std::string why) {
        Column column = column_of_type(name, ColumnType::ignored);
        column.note = std::move(why);
        return column;
    };
    if (present_ == 0) {
        return ignored("it has no values");
    }
    if (levels_.size() == 1) {
        return ignored(fmt::format("it is always '{}'", levels_.begin()->first));
    }
    if (infinite_ == present_) {
        return ignored(fmt::format("its values are infinite or beyond {:.0e}", largest_number));
    }
    if (is_number() && !is_time(name)) {
        if (counts_rows() || tells_rows_apart(name)) {
            return ignored(counts_rows() ? "it only counts the rows"
                                         : "it only tells the rows apart");
        }
        return column_of_type(std::move(name), ColumnType::number);
    }
    if (date_order()) {
        return column_of_type(std::move(name), ColumnType::date);
    }
    if (is_list()) {
        return column_of_type(std::move(name), ColumnType::category);
    }
    const bool are_unique = has_levels() || beyond_ == LevelLimit::count;
    return ignored(are_unique ? "most of its texts occur only once" : "it " + text_of(beyond_));
}

Result<Column> ColumnProfile::column_as(std::string name, ColumnType type) const {
    const auto unfit = [&](std::string_view why) {
        return failure(ErrorCode::bad_data, fmt::format("column '{}' {}", name, why),
                       "choose another type, or 'ignored'");
    };
    if (type == ColumnType::number && numbers_.count == 0) {
        return unfit("has no numbers");
    }
    if (type == ColumnType::date && (present_ == 0 || !date_order())) {
        return unfit("has values that are not dates of one order of day, month and year");
    }
    if (type == ColumnType::category && (present_ == 0 || !has_levels())) {
        return unfit(present_ == 0 ? "has no values" : text_of(beyond_));
    }
    return column_of_type(std::move(name), type);
}

Column ColumnProfile::column_of_type(std::string name, ColumnType type) const {
    Column column{.name = std::move(name), .type = type, .commas = commas_};
    if (type == ColumnType::number) {
        column.note = note_on_number();
    } else if (type == ColumnType::date) {
        column.date_order = date_order().value_or(DateOrder::year_first);
        column.note = order_text(column.date_order);
        if (is_ambiguous(column.date_order)) {
            column.note += ", though the other order would fit too";
        }
    } else if (type == ColumnType::category) {
        for (const auto& [text, count] : levels_) {
            column.levels.push_back(text);
        }
        std::ranges::sort(column.levels);
    }
    return column;
}

void limit_levels(std::span<ColumnProfile> profiles, std::size_t most_bytes) {
    std::size_t bytes = 0;
    for (const ColumnProfile& profile : profiles) {
        bytes += profile.level_bytes();
    }
    while (bytes > most_bytes) {
        // Numbers that are all different may be an id, which is known by its levels; of several,
        // the first is the likeliest.
        ColumnProfile& most = *std::ranges::max_element(
            profiles | std::views::reverse, {}, [](const ColumnProfile& profile) {
                const std::size_t taken = profile.level_bytes();
                const bool are_numbers = taken > 0 && profile.has_numbers_only();
                return std::tuple(are_numbers, are_numbers && profile.has_repeats(), taken);
            });
        bytes -= most.level_bytes();
        most.drop_levels(LevelLimit::all_lists);
    }
}

}  // namespace trilby::data
