// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <string>

#include "data/csv.hpp"
#include "data/csv_fields.hpp"
#include "data/values.hpp"

namespace trilby::data {
namespace {

constexpr std::array separators{',', ';', '\t', '|'};
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
    CsvFormat format;
    std::size_t most_regular = 0;
    for (const char separator : separators) {
        const Records records = first_records(start, separator);
        const std::size_t regular = regular_count(records);
        if (regular > most_regular ||
            (regular == most_regular && regular > 0 && records[0].size() > format.columns)) {
            most_regular = regular;
            format.separator = separator;
            format.columns = records[0].size();
            format.is_regular = regular == records.size();
        }
    }
    format.has_header = has_header(first_records(start, format.separator));
    return format;
}

}  // namespace trilby::data
