// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string>
#include <utility>

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

bool has_header(const Records& records) {
    if (records.size() < 2 || records[0].size() != records[1].size()) {
        return true;
    }
    std::size_t numbers = 0;
    std::size_t headed = 0;
    for (std::size_t i = 0; i < records[0].size(); ++i) {
        const bool is_number = may_be_number(records[1][i]);
        numbers += is_number ? 1 : 0;
        headed += is_number && !may_be_number(records[0][i]) ? 1 : 0;
    }
    return numbers == 0 || headed > 0;
}

}  // namespace

CsvFormat detect_csv_format(std::string_view start) {
    Attempt best = split_at(start, separators.front());
    for (const char separator : separators.substr(1)) {
        if (Attempt attempt = split_at(start, separator); attempt.is_better_than(best)) {
            best = std::move(attempt);
        }
    }
    CsvFormat format{.separator = best.separator, .has_header = has_header(best.records)};
    if (best.regular > 0) {
        format.columns = best.columns();
        format.is_regular = best.regular == best.records.size();
    }
    return format;
}

}  // namespace trilby::data
