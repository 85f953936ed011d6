// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a column of a table holds, found from all of its values.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/time_axis.hpp"
#include "data/values.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

enum class ColumnType : std::uint8_t {
    number,
    category,  ///< a word out of a list
    date,      ///< seconds since 1970
    ignored,   ///< nothing can be learned from it
};

/// How a column is read.
struct Column {
    std::string name;
    ColumnType type = ColumnType::ignored;
    CommaUse commas = CommaUse::groups;            ///< of a number, in the file that was examined
    DateOrder date_order = DateOrder::year_first;  ///< of a date
    std::vector<std::string> levels;               ///< of a category, sorted
    std::string note;                              ///< the reason for the type, where it needs one
};

/// Whether the name of a column says that it has times, or days.
[[nodiscard]] bool sounds_like_time(std::string_view name);
[[nodiscard]] bool sounds_like_day(std::string_view name);

/// Finite numbers, summed up without keeping them (Welford, 1962).
struct NumberSummary {
    std::uint64_t count = 0;
    double mean = 0.0;
    double squares = 0.0;  ///< sum of the squared distances from the mean
    double minimum = 0.0;
    double maximum = 0.0;

    void add(double value);
    [[nodiscard]] double deviation() const;  ///< of the whole population
};

/// A text of a category and how often it was seen.
struct LevelCount {
    std::string text;
    std::uint64_t count = 0;
};

/// More different texts than this are not a list to choose from.
inline constexpr std::size_t level_limit = 10'000;
/// A longer text is not in a list to choose from.
inline constexpr std::size_t longest_level_bytes = 4096;
/// The memory that the lists of all columns of a table may take together.
inline constexpr std::size_t level_memory_bytes = std::size_t{64} << 20;

/// Why a profile does not keep the different texts of its column.
enum class LevelLimit : std::uint8_t {
    none,       ///< it does
    count,      ///< more than level_limit
    length,     ///< longer than longest_level_bytes
    all_lists,  ///< more than level_memory_bytes in all columns
};

/// A bounded summary of all values of a column.
class ColumnProfile {
  public:
    explicit ColumnProfile(CommaUse commas) : commas_(commas) {}

    void add(std::string_view text);

    [[nodiscard]] std::uint64_t missing() const { return missing_; }
    [[nodiscard]] std::uint64_t present() const { return present_; }
    [[nodiscard]] const NumberSummary& numbers() const { return numbers_; }
    /// The values that are dates in that order, up to the first that is not one. Numbers that are
    /// not days count only while they rise or fall.
    [[nodiscard]] const TimeProfile& times(DateOrder order) const {
        return times_[static_cast<std::size_t>(order)];
    }
    /// The most frequent texts first; empty if they went beyond a limit.
    [[nodiscard]] std::vector<LevelCount> levels() const;
    /// About the memory that they take.
    [[nodiscard]] std::size_t level_bytes() const { return level_bytes_; }
    /// Whether the column could do without them, since it has many different numbers only.
    [[nodiscard]] bool has_numbers_only() const;
    /// Whether a text occurs twice, as far as they are known.
    [[nodiscard]] bool has_repeats() const;
    /// Forgets the texts, and keeps none from now on.
    void drop_levels(LevelLimit why);

    /// The column with the type that its values fit best.
    [[nodiscard]] Column best_column(std::string name) const;
    /// The column with a type that someone chose. ErrorCode::bad_data if the values do not have it:
    /// a number needs one number, a date a date in each value, a category words within the limits.
    [[nodiscard]] Result<Column> column_as(std::string name, ColumnType type) const;

  private:
    [[nodiscard]] Column column_of_type(std::string name, ColumnType type) const;
    void add_number(double number, std::string_view text);
    void add_other(std::string_view text);
    void add_times(std::string_view text, std::span<const DateOrder> orders);
    void add_level(std::string_view text);
    /// Whether all different texts are known.
    [[nodiscard]] bool has_levels() const { return beyond_ == LevelLimit::none; }
    [[nodiscard]] bool is_number() const;
    /// Whether there are more different values than a list would have.
    [[nodiscard]] bool measures() const;
    [[nodiscard]] bool counts_rows() const;
    [[nodiscard]] bool tells_rows_apart(std::string_view name) const;
    /// The order in which every value is a date; the first one if several fit.
    [[nodiscard]] std::optional<DateOrder> date_order() const;
    /// Whether month before day would fit as well.
    [[nodiscard]] bool is_ambiguous(DateOrder order) const;
    /// Whether the numbers are days, or the time axis of a series, as their name says too.
    [[nodiscard]] bool is_time(std::string_view name) const;
    [[nodiscard]] bool is_list() const;
    [[nodiscard]] std::string note_on_number() const;

    CommaUse commas_;
    std::uint64_t missing_ = 0;
    std::uint64_t present_ = 0;
    NumberSummary numbers_;
    std::uint64_t infinite_ = 0;  ///< or larger than largest_number
    double last_number_ = 0.0;
    bool counts_up_ = true;  ///< each number is the one before it plus 1
    bool rises_ = true;      ///< no number is below the one before it
    bool falls_ = true;      ///< no number is above the one before it
    std::vector<std::string>
        others_;  ///< the first few different texts without a number, or their starts
    std::array<TimeProfile, 9> times_;  ///< by DateOrder
    std::unordered_map<std::string, std::uint64_t> levels_;
    std::size_t level_bytes_ = 0;
    LevelLimit beyond_ = LevelLimit::none;
};

/// Drops the texts of columns until they take at most `most_bytes`: first those of columns with
/// numbers only, of which some occur twice, then of others with numbers only, then of the rest; of
/// each kind, those that take the most.
void limit_levels(std::span<ColumnProfile> profiles, std::size_t most_bytes = level_memory_bytes);

}  // namespace trilby::data
