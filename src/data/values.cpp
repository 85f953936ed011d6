// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <string>

#include "base/text.hpp"

namespace trilby::data {
namespace {

constexpr std::array<std::string_view, 6> words_for_missing{"na",  "n/a",  "#n/a",
                                                            "nan", "null", "?"};

std::optional<double> parse_plain(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool is_number = error == std::errc{} && stop == end && !std::isnan(value);
    return is_number ? std::optional(value) : std::nullopt;
}

std::optional<double> parse_with_decimal_comma(std::string_view text) {
    std::string with_point(text);
    if (std::ranges::count(with_point, ',') != 1 || with_point.find('.') != std::string::npos) {
        return std::nullopt;
    }
    std::ranges::replace(with_point, ',', '.');
    return parse_plain(with_point);
}

std::string_view trim_blanks(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

/// "1,200" of "$1,200" and of "1,200 %"; the whole text if there is no sign or nothing else.
std::string_view without_unit(std::string_view text) {
    constexpr std::array<std::string_view, 4> signs{"$", "\u20ac", "\u00a3", "\u00a5"};
    constexpr std::string_view plain = "0123456789";
    if (text.empty() || (plain.contains(text.front()) && plain.contains(text.back()))) {
        return text;
    }
    if (text.ends_with('%')) {
        return trim_blanks(text.substr(0, text.size() - 1));
    }
    for (const std::string_view sign : signs) {
        if (text.starts_with(sign)) {
            return trim_blanks(text.substr(sign.size()));
        }
        if (text.ends_with(sign)) {
            return trim_blanks(text.substr(0, text.size() - sign.size()));
        }
    }
    return text;
}

/// "-12,345,678.9": one to three digits, then three after each comma. "0,123" is not 123 in groups.
std::optional<double> parse_grouped(std::string_view text) {
    const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const std::string_view whole = text.substr(sign, text.find('.') - sign);
    const std::size_t first_comma = whole.find(',');
    if (first_comma < 1 || first_comma > 3 || whole.starts_with("0,") ||
        text.rfind(',') >= sign + whole.size()) {
        return std::nullopt;
    }
    for (std::size_t comma = first_comma; comma < whole.size(); comma += 4) {
        const bool is_group =
            whole[comma] == ',' && whole.size() >= comma + 4 &&
            whole.substr(comma + 1, 3).find_first_not_of("0123456789") == std::string_view::npos;
        if (!is_group) {
            return std::nullopt;
        }
    }
    std::string plain(text);
    std::erase(plain, ',');
    return parse_plain(plain);
}

constexpr double seconds_per_day = 86'400.0;

constexpr std::array<std::string_view, 12> month_names{
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

/// Takes numbers, words and separators from the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
    [[nodiscard]] bool is_at_digit() const {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }

    /// The next `least` to `most` digits.
    std::optional<int> number(std::size_t least, std::size_t most) {
        const std::size_t digits =
            std::min({rest_.find_first_not_of("0123456789"), rest_.size(), most});
        if (digits < least) {
            return std::nullopt;
        }
        const auto value = parse_number<int>(rest_.substr(0, digits));
        rest_.remove_prefix(digits);
        return value;
    }
    /// One of `choices`; NUL if none is next.
    char any_of(std::string_view choices) {
        if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) {
            return '\0';
        }
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }
    /// Whether the word, in lower case, was next in any case.
    bool word(std::string_view expected) {
        const bool is_next = lower_case(rest_.substr(0, expected.size())) == expected;
        rest_.remove_prefix(is_next ? expected.size() : 0);
        return is_next;
    }
    /// "Mar", "Sept" or "March" as a number.
    std::optional<int> month_name() {
        const std::size_t letters = std::min(
            rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            rest_.size());
        const auto* const found = std::ranges::find_if(month_names, [&](std::string_view name) {
            return letters >= 3 && name.starts_with(lower_case(rest_.substr(0, letters)));
        });
        if (found == month_names.end()) {
            return std::nullopt;
        }
        rest_.remove_prefix(letters);
        return static_cast<int>(found - month_names.begin()) + 1;
    }
    /// ".5" as 0.5; 0 if there is no point.
    double fraction() {
        const std::size_t end =
            rest_.starts_with('.')
                ? std::min(rest_.find_first_not_of("0123456789", 1), rest_.size())
                : 0;
        const double value = parse_plain("0" + std::string(rest_.substr(0, end))).value_or(0.0);
        rest_.remove_prefix(end);
        return value;
    }

  private:
    std::string_view rest_;
};

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

std::optional<year_month_day> make_day(std::optional<int> y, std::optional<int> m,
                                       std::optional<int> d) {
    if (!y || !m || !d || *y < 1000) {
        return std::nullopt;
    }
    const year_month_day made{year(*y), month(static_cast<unsigned>(*m)),
                              day(static_cast<unsigned>(*d))};
    return made.ok() ? std::optional(made) : std::nullopt;
}

double seconds_of(const year_month_day& date) {
    const std::chrono::sys_days days(date);
    return static_cast<double>(days.time_since_epoch().count()) * seconds_per_day;
}

std::optional<year_month_day> scan_year_first(Scanner& scanner) {
    const auto y = scanner.number(4, 4);
    if (scanner.is_at_digit()) {
        const auto m = scanner.number(2, 2);
        const auto d = scanner.number(2, 2);
        // Digits alone are a number: DateOrder::compact.
        return scanner.is_at_end() ? std::nullopt : make_day(y, m, d);
    }
    const char separator = scanner.any_of("-/.");
    const auto m = scanner.number(1, 2);
    if (separator == '\0' || scanner.is_at_end()) {
        return separator == '-' ? make_day(y, m, 1) : std::nullopt;
    }
    if (scanner.any_of("-/.") != separator) {
        return std::nullopt;
    }
    return make_day(y, m, scanner.number(1, 2));
}

bool is_short(DateOrder order) {
    return order == DateOrder::day_first_short || order == DateOrder::month_first_short;
}

/// Two digits are a year from 1969 to 2068, as in POSIX.
std::optional<int> scan_last_year(Scanner& scanner, DateOrder order) {
    if (!is_short(order)) {
        return scanner.number(4, 4);
    }
    const auto y = scanner.number(2, 2);
    return y && !scanner.is_at_digit() ? std::optional(*y + (*y < 69 ? 2000 : 1900)) : std::nullopt;
}

std::optional<year_month_day> scan_year_last(Scanner& scanner, DateOrder order) {
    constexpr std::string_view separators = "-/. ";
    const auto scan_month = [&] {
        const auto named = scanner.month_name();
        return named ? named : scanner.number(1, 2);
    };
    const bool is_day_first = order == DateOrder::day_first || order == DateOrder::day_first_short;
    const auto first = is_day_first ? scanner.number(1, 2) : scan_month();
    const char separator = scanner.any_of(separators);
    const auto second = is_day_first ? scan_month() : scanner.number(1, 2);
    scanner.any_of(separator == ' ' ? "," : "");
    if (separator == '\0' || scanner.any_of(separators) != separator) {
        return std::nullopt;
    }
    const auto y = scan_last_year(scanner, order);
    return is_day_first ? make_day(y, second, first) : make_day(y, first, second);
}

/// The hour of the day, after "AM" or "PM" if they are next; nothing if there is no such hour.
std::optional<int> scan_half_of_day(Scanner& scanner, int hours) {
    const bool is_afternoon = scanner.word(" pm") || scanner.word("pm");
    if (!is_afternoon && !scanner.word(" am") && !scanner.word("am")) {
        return hours;
    }
    return hours >= 1 && hours <= 12 ? std::optional(hours % 12 + (is_afternoon ? 12 : 0))
                                     : std::nullopt;
}

/// The seconds by which a zone's clock is ahead of UTC; 0 if no zone is next.
std::optional<double> scan_zone(Scanner& scanner) {
    if (scanner.word("z") || scanner.word(" utc") || scanner.word(" gmt")) {
        return 0.0;
    }
    scanner.any_of(" ");
    const char sign = scanner.any_of("+-");
    if (sign == '\0') {
        return 0.0;
    }
    const auto hours = scanner.number(2, 2);
    scanner.any_of(":");
    const auto minutes = scanner.is_at_end() ? std::optional(0) : scanner.number(2, 2);
    if (!hours || !minutes) {
        return std::nullopt;
    }
    const double ahead = *hours * 3600.0 + *minutes * 60.0;
    return sign == '+' ? ahead : -ahead;
}

/// Seconds after midnight; minutes follow one of the separators, and seconds the same one.
std::optional<double> scan_clock(Scanner& scanner, std::string_view separators) {
    const auto hours = scanner.number(1, 2);
    const char separator = scanner.any_of(separators);
    const bool is_compact = separator == '\0' && scanner.is_at_digit();
    const auto minutes = separator != '\0' || is_compact ? scanner.number(2, 2) : std::nullopt;
    const bool has_seconds =
        is_compact ? scanner.is_at_digit() : scanner.any_of({&separator, 1}) != '\0';
    const auto seconds = has_seconds ? scanner.number(2, 2) : std::optional(0);
    if (!hours || !minutes || !seconds || *hours > 24 || *minutes > 59 || *seconds > 60 ||
        (separator == '.' && !has_seconds)) {
        return std::nullopt;
    }
    const double fraction = separator == '.' ? 0.0 : scanner.fraction();
    const auto hour = scan_half_of_day(scanner, *hours);
    return hour ? std::optional(*hour * 3600.0 + *minutes * 60.0 + *seconds + fraction)
                : std::nullopt;
}

/// Seconds after midnight in UTC; less than 0 if the day there is an earlier one.
std::optional<double> scan_time(Scanner& scanner) {
    const auto clock = scan_clock(scanner, ":");
    const auto zone = clock ? scan_zone(scanner) : std::nullopt;
    return zone ? std::optional(*clock - *zone) : std::nullopt;
}

std::optional<double> parse_written_date(std::string_view text, DateOrder order) {
    Scanner scanner(text);
    const auto date =
        order == DateOrder::year_first ? scan_year_first(scanner) : scan_year_last(scanner, order);
    if (!date) {
        return std::nullopt;
    }
    double seconds = seconds_of(*date);
    if (scanner.any_of("T ") != '\0') {
        const auto time = scan_time(scanner);
        if (!time) {
            return std::nullopt;
        }
        seconds += *time;
    }
    return scanner.is_at_end() ? std::optional(seconds) : std::nullopt;
}

bool is_within(double number, double least, double most) {
    return number >= least && number <= most;
}

/// Numbers out of range are more likely counts or measurements than dates.
std::optional<double> date_of_number(double number, DateOrder order) {
    constexpr double earliest = 1e8;  // in 1973
    constexpr double latest = 1e10;   // in 2286
    if (number != std::floor(number)) {
        return std::nullopt;
    }
    if (order == DateOrder::years) {
        return is_within(number, 1500.0, 2200.0)
                   ? std::optional(seconds_of({year(static_cast<int>(number)), month(1), day(1)}))
                   : std::nullopt;
    }
    if (order == DateOrder::compact) {
        return is_within(number, 1500'01'01.0, 2200'12'31.0)
                   ? seconds_of_day(static_cast<int>(number) / 10'000,
                                    static_cast<int>(number) / 100 % 100,
                                    static_cast<int>(number) % 100)
                   : std::nullopt;
    }
    const double seconds = order == DateOrder::unix_milliseconds ? number / 1000.0 : number;
    return is_within(seconds, earliest, latest) ? std::optional(seconds) : std::nullopt;
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text, CommaUse commas) {
    text = without_unit(text);
    if (text.find(',') == std::string_view::npos) {
        return parse_plain(text);
    }
    return commas == CommaUse::decimal ? parse_with_decimal_comma(text) : parse_grouped(text);
}

bool is_missing(std::string_view text) {
    constexpr std::size_t longest_word = 4;
    if (text.empty()) {
        return true;
    }
    return text.size() <= longest_word &&
           std::ranges::find(words_for_missing, lower_case(text)) != words_for_missing.end();
}

std::optional<double> parse_date(std::string_view text, DateOrder order) {
    if (order < DateOrder::compact) {
        return parse_written_date(text, order);
    }
    const auto number = parse_plain(text);
    return number ? date_of_number(*number, order) : std::nullopt;
}

std::optional<double> seconds_of_day(int year, int month, int day) {
    const auto date = make_day(year, month, day);
    return date ? std::optional(seconds_of(*date)) : std::nullopt;
}

std::optional<double> parse_clock(std::string_view text) {
    constexpr std::string_view separators = ":.h";
    if (text.empty() || text.front() < '0' || text.front() > '9' ||
        text.find_first_of(separators) == std::string_view::npos) {
        return std::nullopt;
    }
    Scanner scanner(text);
    const auto seconds = scan_clock(scanner, separators);
    return scanner.is_at_end() ? seconds : std::nullopt;
}

std::optional<int> parse_month(std::string_view name) {
    Scanner scanner(name);
    const auto month = scanner.month_name();
    return scanner.is_at_end() ? month : std::nullopt;
}

bool is_midnight(double seconds) {
    return std::fmod(std::floor(seconds), seconds_per_day) == 0.0;
}

std::string format_date(double seconds, bool has_time) {
    using namespace std::chrono;
    const sys_seconds moment(std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds))));
    const sys_days midnight = floor<days>(moment);
    const year_month_day day(midnight);
    const hh_mm_ss time(moment - midnight);
    // fmt counts nanoseconds, which reach from the year 1677 to 2262.
    const std::string date =
        fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return has_time ? fmt::format("{} {:02}:{:02}:{:02}", date, time.hours().count(),
                                  time.minutes().count(), time.seconds().count())
                    : date;
}

std::string format_date(double seconds) {
    return format_date(seconds, !is_midnight(seconds));
}

}  // namespace trilby::data
