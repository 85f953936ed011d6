// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads a table from text with separators (CSV, TSV), plain or gzip, record by record.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/gzip_file.hpp"
#include "data/values.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

struct CsvFormat {
    char separator = ',';
    bool has_header = true;
    std::size_t columns = 1;  ///< of the first record
    bool is_regular = false;  ///< whether the next records have the same number of columns
    /// Of a first line such as "sep=;", which gives the separator and comes before the records.
    std::size_t separator_line_bytes = 0;

    /// What a comma in a number means.
    [[nodiscard]] CommaUse commas() const {
        return separator == ',' ? CommaUse::groups : CommaUse::decimal;
    }
};

/// Detects the format from the start of a file, without a byte order mark. Unless the first line
/// gives the separator, it is the one with which the most of the first records have the same number
/// of columns, at least two. Of several such separators, it is the one that leaves the fewest
/// fields with other separators in them, except in numbers and dates; then the one that gives the
/// most columns. There is a header, unless the first record has numbers in all columns with
/// numbers; it may lack some of them. A column that counts the records needs no name in a header.
[[nodiscard]] CsvFormat detect_csv_format(std::string_view start);

class CsvReader {
  public:
    /// ErrorCode::bad_data for what is not text in UTF-8, and for a file without a record.
    [[nodiscard]] static Result<CsvReader> open(const std::filesystem::path& path);

    [[nodiscard]] const CsvFormat& format() const { return format_; }
    /// The columns' names, unique and not empty: the header's, or "column_1" and so on. Line breaks
    /// and invisible characters in the header's are blanks.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    /// Moves to the next record; false at the end. A record with another number of fields than the
    /// header is ErrorCode::bad_data. Empty lines are passed over, and so are records at the end
    /// whose fields are all empty.
    [[nodiscard]] Result<bool> next();
    /// The fields of the record, without quotation marks; valid until next().
    [[nodiscard]] const std::vector<std::string_view>& fields() const {
        return empty_ahead_ > 0 ? empty_fields_ : fields_;
    }
    /// The first line of the record, counted from 1.
    [[nodiscard]] std::uint64_t line() const { return line_ - empty_ahead_; }

  private:
    explicit CsvReader(GzipFile file) : file_(std::move(file)) {}

    Result<void> read_start();
    Result<void> read_names();
    /// Whether the record is text in UTF-8.
    [[nodiscard]] Result<void> check_text(std::string_view record) const;
    [[nodiscard]] Result<void> check_count() const;
    /// Splits the next record into fields_; false at the end of the file.
    Result<bool> split_record();
    /// Splits a record that begins in line_ into fields_, in place.
    Result<void> split(std::span<char> record);
    /// The next record's bytes in buffer_, from begin_; 0 at the end of the file.
    Result<std::size_t> find_record();
    Result<void> refill();
    [[nodiscard]] std::unexpected<Error> error_here(std::string_view what,
                                                    std::string hint = {}) const;

    GzipFile file_;
    CsvFormat format_;
    std::vector<std::string> names_;
    std::vector<std::string_view> fields_;
    std::vector<std::string_view> empty_fields_;
    std::uint64_t empty_ahead_ = 0;  ///< records without a value that come before fields_
    std::string buffer_;
    std::size_t begin_ = 0;  ///< of what is not yet read in buffer_
    bool is_at_end_ = false;
    std::uint64_t line_ = 0;
    std::uint64_t next_line_ = 1;
};

}  // namespace trilby::data
