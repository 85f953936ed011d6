// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/table.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "data/csv.hpp"
#include "data/values.hpp"

namespace trilby::data {
namespace {

float number_in(std::string_view text, CommaUse commas) {
    constexpr float missing = std::numeric_limits<float>::quiet_NaN();
    const auto number = is_missing(text) ? std::nullopt : parse_decimal(text, commas);
    return number && std::abs(*number) <= largest_number ? static_cast<float>(*number) : missing;
}

double seconds_in(std::string_view text, DateOrder order) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    return is_missing(text) ? missing : parse_date(text, order).value_or(missing);
}

/// Appends the fields of one column to its values.
class ColumnReader {
  public:
    ColumnReader(const Column& column, CommaUse commas, std::size_t field, ColumnValues& values)
        : column_(&column), commas_(commas), field_(field), values_(&values) {
        for (const std::string& level : column.levels) {
            codes_.emplace(level, static_cast<std::uint32_t>(codes_.size() + 1));
        }
    }

    void reserve(std::uint64_t rows) {
        switch (column_->type) {
            case ColumnType::number:
                return values_->numbers.reserve(rows);
            case ColumnType::date:
                return values_->seconds.reserve(rows);
            case ColumnType::category:
                return values_->codes.reserve(rows);
            case ColumnType::ignored:
                break;
        }
    }
    void add(std::span<const std::string_view> fields, std::uint64_t row) {
        const std::string_view text = fields[field_];
        if (!read(text) && !is_missing(text)) {
            note_unknown(text, row);
        }
    }

  private:
    /// Appends the value, and returns whether it could be read.
    [[nodiscard]] bool read(std::string_view text) {
        switch (column_->type) {
            case ColumnType::number:
                return !std::isnan(values_->numbers.emplace_back(number_in(text, commas_)));
            case ColumnType::date:
                return !std::isnan(
                    values_->seconds.emplace_back(seconds_in(text, column_->date_order)));
            case ColumnType::category:
                return values_->codes.emplace_back(code_of(text)) != 0;
            case ColumnType::ignored:
                break;
        }
        return true;
    }
    void note_unknown(std::string_view text, std::uint64_t row) {
        if (values_->unknown++ == 0) {
            values_->first_unknown = text.substr(0, longest_level_bytes);
            values_->first_unknown_row = row;
        }
    }
    [[nodiscard]] std::uint32_t code_of(std::string_view text) const {
        const auto found = codes_.find(text);
        return found == codes_.end() ? 0 : found->second;
    }

    const Column* column_;
    CommaUse commas_;
    std::size_t field_;
    ColumnValues* values_;
    std::unordered_map<std::string_view, std::uint32_t> codes_;
};

std::unexpected<Error> no_column(std::string_view name, const std::filesystem::path& path,
                                 std::span<const std::string> names) {
    constexpr std::size_t most_shown = 20;
    const std::vector<std::string_view> known(names.begin(), names.end());
    return failure(
        ErrorCode::bad_data,
        fmt::format("'{}' has no column '{}'{}", path.string(), name, did_you_mean(name, known)),
        fmt::format("its columns are {}{}",
                    fmt::join(names.first(std::min(names.size(), most_shown)), ", "),
                    names.size() > most_shown ? ", ..." : ""));
}

Result<std::vector<ColumnReader>> readers_for(std::span<const Column> columns,
                                              const CsvReader& file,
                                              const std::filesystem::path& path,
                                              TableValues& values) {
    const std::vector<std::string>& names = file.names();
    std::vector<ColumnReader> readers;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].type == ColumnType::ignored) {
            continue;
        }
        const auto name = std::ranges::find(names, columns[i].name);
        if (name == names.end()) {
            return no_column(columns[i].name, path, names);
        }
        // A file with one column has no separator that would tell, unless its first line does.
        const bool is_known = names.size() > 1 || file.format().separator_line_bytes > 0;
        const CommaUse commas = is_known ? file.format().commas() : columns[i].commas;
        readers.emplace_back(columns[i], commas, static_cast<std::size_t>(name - names.begin()),
                             values.columns[i]);
    }
    return readers;
}

}  // namespace

Result<TableValues> read_table(const std::filesystem::path& path, std::span<const Column> columns,
                               TableSize size) {
    TRILBY_TRY(file, CsvReader::open(path));
    TableValues values{.rows = 0, .columns = std::vector<ColumnValues>(columns.size())};
    TRILBY_TRY(readers, readers_for(columns, file, path, values));
    const std::uint64_t most_rows = size.most_values / std::max<std::size_t>(readers.size(), 1);
    for (ColumnReader& reader : readers) {
        reader.reserve(std::min(size.expected_rows, most_rows));
    }
    for (;;) {
        TRILBY_TRY(has_row, file.next());
        if (!has_row) {
            return values;
        }
        if (++values.rows > most_rows) {
            return failure(
                ErrorCode::bad_data,
                fmt::format("line {} of '{}': {} rows of {} columns are too many", file.line(),
                            path.string(), format_count(values.rows), readers.size()),
                "use a part of the rows, or ignore columns");
        }
        for (ColumnReader& reader : readers) {
            reader.add(file.fields(), values.rows - 1);
        }
    }
}

void append(TableValues& table, const TableValues& more) {
    const auto add = [](auto& to, const auto& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    for (std::size_t i = 0; i < more.columns.size(); ++i) {
        ColumnValues& to = table.columns[i];
        const ColumnValues& from = more.columns[i];
        add(to.numbers, from.numbers);
        add(to.seconds, from.seconds);
        add(to.codes, from.codes);
        if (to.unknown == 0 && from.unknown > 0) {
            to.first_unknown = from.first_unknown;
            to.first_unknown_row = table.rows + from.first_unknown_row;
        }
        to.unknown += from.unknown;
    }
    table.rows += more.rows;
}

}  // namespace trilby::data
