// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "data/csv.hpp"
#include "data/csv_fields.hpp"
#include "data/values.hpp"

namespace trilby::data {
namespace {

constexpr std::string_view separators = ",;\t|";
constexpr std::size_t most_records = 20;

using Records = std::vector<std::vector<std::string>>;

Records first_records(std::string_view start, char separator) {
    Records records;
    std::vector<std::string_view> fields;
    while (records.size() < most_records) {
        const std::size_t size = record_bytes(start, separator);
        if (size == std::string_view::npos) {
            break;
        }
        std::string record(start.substr(0, size - 1));
        if (split_fields(record, separator, fields) && !(fields.size() == 1 && fields[0].empty())) {
            records.emplace_back(fields.begin(), fields.end());
        }
        start.remove_prefix(size);
    }
    return records;
}

/// How many records have as many columns as the first, which has at least two; else 0.
std::size_t regular_count(const Records& records) {
    if (records.empty() || records.front().size() < 2) {
        return 0;
    }
    return static_cast<std::size_t>(std::ranges::count_if(
        records, [&](const auto& record) { return record.size() == records.front().size(); }));
}

/// Whether the field is a number with any meaning of commas.
bool may_be_number(std::string_view field) {
    return parse_decimal(field, CommaUse::decimal) || parse_decimal(field, CommaUse::groups);
}

/// Whether the field seems to be several, as "5;2" does. Numbers such as "1,5" and dates do not.
bool seems_joined(std::string_view field) {
    return field.find_first_of(separators) != std::string_view::npos && !may_be_number(field) &&
           std::ranges::none_of(orders_of_days, [&](DateOrder order) {
               return parse_date(field, order).has_value();
           });
}

/// The first records, split at one of the separators.
struct Attempt {
    char separator = ',';
    Records records;
    std::size_t regular = 0;
    std::size_t joined = 0;  ///< fields that seem to be several

    [[nodiscard]] std::size_t columns() const { return records.front().size(); }
    [[nodiscard]] bool is_better_than(const Attempt& other) const {
        if (regular != other.regular || regular == 0) {
            return regular > other.regular;
        }
        return joined != other.joined ? joined < other.joined : columns() > other.columns();
    }
};

Attempt split_at(std::string_view start, char separator) {
    Attempt attempt{.separator = separator, .records = first_records(start, separator)};
    attempt.regular = regular_count(attempt.records);
    for (const auto& record : attempt.records) {
        attempt.joined += static_cast<std::size_t>(std::ranges::count_if(record, seems_joined));
    }
    return attempt;
}

/// The first field below the first record that is not missing; empty if there is none.
std::string_view first_value(const Records& records, std::size_t column) {
    for (const auto& record : records | std::views::drop(1)) {
        if (column < record.size() && !is_missing(record[column])) {
            return record[column];
        }
    }
    return {};
}

/// Whether the column numbers the records from 0 or 1 on, as the index of pandas or R does.
bool counts_records(const Records& records, std::size_t column) {
    const std::string_view first = first_value(records, column);
    double next = first == "1" ? 1.0 : 0.0;
    return std::ranges::all_of(records | std::views::drop(1), [&](const auto& record) {
        return column < record.size() && parse_decimal(record[column]) == next++;
    });
}

/// Whether the first column has a different word or whole number in each record.
bool starts_with_index(const Records& records) {
    std::set<std::string_view> seen;
    return std::ranges::all_of(records | std::views::drop(1), [&](const auto& record) {
        const std::string& first = record.front();
        return !is_missing(first) && (!may_be_number(first) || parse_number<std::int64_t>(first)) &&
               seen.insert(first).second;
    });
}

/// Whether the first record is like ",0,1,2" or ",2019,2020", as pandas writes the numbers of
/// columns above an index without a name.
bool numbers_columns(const Records& records) {
    const auto& names = records.front();
    if (names.size() < 3 || !names.front().empty()) {
        return false;
    }
    for (std::size_t i = 1; i < names.size(); ++i) {
        const auto number = parse_decimal(names[i]);
        if (!number || (i > 1 && *number <= *parse_decimal(names[i - 1]))) {
            return false;
        }
    }
    return starts_with_index(records);
}

/// Whether all values below the first record are numbers, as far as they are not missing.
bool has_numbers_below(const Records& records, std::size_t column) {
    return !first_value(records, column).empty() &&
           std::ranges::all_of(records | std::views::drop(1), [&](const auto& record) {
               return column >= record.size() || is_missing(record[column]) ||
                      may_be_number(record[column]);
           });
}

/// Words above numbers are a header; numbers above numbers are not, even if some are missing.
bool has_header(const Records& records) {
    if (records.size() < 2 || records[0].size() != records[1].size()) {
        return true;
    }
    if (numbers_columns(records)) {
        return true;
    }
    bool has_numbers = false;
    for (std::size_t i = 0; i < records[0].size(); ++i) {
        const std::string_view head = records[0][i];
        if (head.empty() && counts_records(records, i)) {
            return true;
        }
        if (is_missing(head)) {
            continue;
        }
        if (may_be_number(head)) {
            has_numbers = has_numbers || may_be_number(first_value(records, i));
        } else if (has_numbers_below(records, i)) {
            return true;
        }
    }
    return !has_numbers;
}

/// The separator with which most of the first records are regular.
Attempt best_split(std::string_view start) {
    Attempt best = split_at(start, separators.front());
    for (const char separator : separators.substr(1)) {
        if (Attempt attempt = split_at(start, separator); attempt.is_better_than(best)) {
            best = std::move(attempt);
        }
    }
    return best;
}

/// Of a first line such as sep=; which tells Excel the separator; nothing for another line.
std::optional<char> given_separator(std::string_view line) {
    constexpr std::string_view key = "sep=";
    constexpr std::string_view accepted = ",;\t|:!#$%&'()*+-./<=>?@[\\]^_`{}~";
    if (line.size() > 2 && line.starts_with('"') && line.ends_with('"')) {
        line = line.substr(1, line.size() - 2);
    }
    const bool is_given = line.size() == key.size() + 1 && accepted.contains(line.back()) &&
                          lower_case(line.substr(0, key.size())) == key;
    return is_given ? std::optional(line.back()) : std::nullopt;
}

}  // namespace

CsvFormat detect_csv_format(std::string_view start) {
    const std::string_view line = start.substr(0, start.find('\n'));
    const auto given =
        given_separator(line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0)));
    const std::size_t skipped = given ? std::min(line.size() + 1, start.size()) : 0;
    start.remove_prefix(skipped);
    const Attempt best = given ? split_at(start, *given) : best_split(start);
    CsvFormat format{.separator = best.separator,
                     .has_header = has_header(best.records),
                     .separator_line_bytes = skipped};
    if (best.regular > 0) {
        format.columns = best.columns();
        format.is_regular = best.regular == best.records.size();
    }
    return format;
}

}  // namespace trilby::data
