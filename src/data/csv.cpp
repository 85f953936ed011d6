// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/csv.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/unicode.hpp"
#include "base/units.hpp"
#include "data/csv_fields.hpp"
#include "data/encoding.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t record_limit_bytes = std::size_t{4} << 20;
constexpr std::size_t column_limit = 10'000;

std::string_view without_line_end(std::string_view record) {
    if (record.ends_with('\n')) {
        record.remove_suffix(1);
    }
    if (record.ends_with('\r')) {
        record.remove_suffix(1);
    }
    return record;
}

/// With a blank in place of line breaks, tabs and invisible characters, which a recipe cannot have.
/// `text` is UTF-8.
std::string visible_name(std::string_view text) {
    std::string name;
    bool is_after_gap = false;
    while (!text.empty()) {
        const Character next = first_character(text);
        if (is_visible(next.code_point)) {
            const bool needs_blank = is_after_gap && !name.empty() && !name.ends_with(' ');
            name += needs_blank && !text.starts_with(' ') ? " " : "";
            name += text.substr(0, next.bytes);
        }
        is_after_gap = !is_visible(next.code_point);
        text.remove_prefix(next.bytes);
    }
    return name;
}

/// Gives each column a name of its own.
class FreeNames {
  public:
    /// `wanted`, or with a number after it if the name is taken or empty.
    std::string name_of(std::string_view wanted, std::size_t index) {
        const std::string visible = visible_name(wanted);
        const std::string base = visible.empty() ? fmt::format("column_{}", index + 1) : visible;
        // All numbers up to the last one are taken.
        std::size_t& number = last_numbers_.try_emplace(base, 1).first->second;
        std::string name = base;
        while (!taken_.insert(name).second) {
            name = fmt::format("{}_{}", base, ++number);
        }
        return name;
    }

  private:
    std::unordered_set<std::string> taken_;
    std::unordered_map<std::string, std::size_t> last_numbers_;
};

std::string hint_for_count(std::size_t fields, std::size_t columns, char separator) {
    if (fields < columns) {
        return "give the row a field for each column, empty where there is no value";
    }
    return fmt::format(
        "put a field that contains '{}' in quotation marks; if all rows are like this one, the "
        "first line is not their header: fix or remove it",
        separator == '\t' ? "a tab" : std::string(1, separator));
}

}  // namespace

Result<CsvReader> CsvReader::open(const std::filesystem::path& path) {
    TRILBY_TRY(file, GzipFile::open(path));
    CsvReader reader(std::move(file));
    TRILBY_CHECK(reader.read_start());
    TRILBY_CHECK(reader.read_names());
    return reader;
}

Result<void> CsvReader::read_start() {
    TRILBY_CHECK(refill());
    TRILBY_TRY(mark_bytes, check_encoding_of_start(buffer_, file_.path()));
    begin_ = mark_bytes;
    // The last record of a short file may lack its line feed.
    const std::string sample = buffer_.substr(begin_) + (is_at_end_ ? "\n" : "");
    format_ = detect_csv_format(sample);
    if (format_.separator_line_bytes > 0) {
        begin_ = std::min(begin_ + format_.separator_line_bytes, buffer_.size());
        ++next_line_;
    }
    return {};
}

Result<void> CsvReader::read_names() {
    TRILBY_TRY(size, find_record());
    if (size == 0) {
        return failure(ErrorCode::bad_data, fmt::format("'{}' is empty", file_.path().string()),
                       "give a table with a header and at least one row");
    }
    std::string record(without_line_end(std::string_view(buffer_).substr(begin_, size)));
    line_ = next_line_;
    TRILBY_CHECK(check_text(record));
    TRILBY_CHECK(split(record));
    if (fields_.size() > column_limit) {
        return error_here(fmt::format("has {} columns, the limit is {}",
                                      format_count(fields_.size()), format_count(column_limit)));
    }
    FreeNames free;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        names_.push_back(free.name_of(format_.has_header ? fields_[i] : "", i));
    }
    empty_fields_.resize(names_.size());
    if (format_.has_header) {
        next_line_ += static_cast<std::uint64_t>(
            std::ranges::count(std::string_view(buffer_).substr(begin_, size), '\n'));
        begin_ += size;
    }
    return {};
}

Result<bool> CsvReader::next() {
    if (empty_ahead_ > 0) {
        --empty_ahead_;
        return true;
    }
    std::uint64_t empty_records = 0;
    for (;;) {
        TRILBY_TRY(has_record, split_record());
        if (!has_record) {
            return false;
        }
        const bool is_empty =
            std::ranges::all_of(fields_, [](std::string_view field) { return field.empty(); });
        if (is_empty && fields_.size() == 1) {
            continue;
        }
        TRILBY_CHECK(check_count());
        if (!is_empty) {
            break;
        }
        ++empty_records;
    }
    empty_ahead_ = empty_records;
    return true;
}

Result<void> CsvReader::check_text(std::string_view record) const {
    const auto wrong = find_wrong_encoding(record);
    return wrong ? error_here(*wrong, encoding_hint(record, file_.path())) : Result<void>();
}

Result<void> CsvReader::check_count() const {
    if (fields_.size() == names_.size()) {
        return {};
    }
    return error_here(
        fmt::format("has {} field{}, the {} has {}", fields_.size(), fields_.size() == 1 ? "" : "s",
                    format_.has_header ? "header" : "first row", names_.size()),
        hint_for_count(fields_.size(), names_.size(), format_.separator));
}

Result<bool> CsvReader::split_record() {
    TRILBY_TRY(size, find_record());
    if (size == 0) {
        return false;
    }
    const std::string_view whole = std::string_view(buffer_).substr(begin_, size);
    const std::string_view record = without_line_end(whole);
    line_ = next_line_;
    next_line_ += static_cast<std::uint64_t>(std::ranges::count(whole, '\n'));
    char* const first = buffer_.data() + begin_;
    begin_ += size;
    TRILBY_CHECK(check_text(record));
    TRILBY_CHECK(split({first, record.size()}));
    return true;
}

Result<void> CsvReader::split(std::span<char> record) {
    const auto done = split_fields(record, format_.separator, fields_);
    if (done) {
        return {};
    }
    line_ += done.error().line;
    return done.error().why == WrongQuotation::not_closed
               ? error_here("begins a quoted field that is not closed",
                            "add the closing quotation mark; double a mark that is part of a text")
               : error_here("has text after a closing quotation mark",
                            "double each quotation mark inside a quoted field");
}

Result<std::size_t> CsvReader::find_record() {
    for (;;) {
        const std::string_view rest = std::string_view(buffer_).substr(begin_);
        const std::size_t size = record_bytes(rest, format_.separator);
        if (size != std::string_view::npos) {
            return size;
        }
        if (is_at_end_) {
            return rest.size();
        }
        if (rest.size() > record_limit_bytes) {
            line_ = next_line_;
            return error_here(
                fmt::format("begins a record of more than {}", format_bytes(record_limit_bytes)),
                "look for a quotation mark that is not closed");
        }
        TRILBY_CHECK(refill());
    }
}

Result<void> CsvReader::refill() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t old_bytes = buffer_.size();
    buffer_.resize(old_bytes + chunk_bytes);
    TRILBY_TRY(got, file_.read(std::as_writable_bytes(std::span(buffer_).subspan(old_bytes))));
    buffer_.resize(old_bytes + got);
    is_at_end_ = got < chunk_bytes;
    return {};
}

std::unexpected<Error> CsvReader::error_here(std::string_view what, std::string hint) const {
    return failure(ErrorCode::bad_data,
                   fmt::format("line {} of '{}' {}", line_, file_.path().string(), what),
                   std::move(hint));
}

}  // namespace trilby::data
