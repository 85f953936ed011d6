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

/// "-12,345,678.9": one to three digits, then three after each comma.
std::optional<double> parse_grouped(std::string_view text) {
    const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const std::string_view whole = text.substr(sign, text.find('.') - sign);
    const std::size_t first_comma = whole.find(',');
    if (first_comma < 1 || first_comma > 3 || text.rfind(',') >= sign + whole.size()) {
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

/// Takes numbers and separators from the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

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

std::optional<year_month_day> scan_year_first(Scanner& scanner) {
    const auto y = scanner.number(4, 4);
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

std::optional<year_month_day> scan_year_last(Scanner& scanner, DateOrder order) {
    const auto first = scanner.number(1, 2);
    const char separator = scanner.any_of("-/.");
    const auto second = scanner.number(1, 2);
    if (separator == '\0' || scanner.any_of("-/.") != separator) {
        return std::nullopt;
    }
    const auto y = scanner.number(4, 4);
    return order == DateOrder::day_first ? make_day(y, second, first) : make_day(y, first, second);
}

/// Seconds after midnight in UTC; less than 0 if the day there is an earlier one.
std::optional<double> scan_time(Scanner& scanner) {
    const auto hours = scanner.number(1, 2);
    const bool has_minutes = scanner.any_of(":") != '\0';
    const auto minutes = has_minutes ? scanner.number(2, 2) : std::nullopt;
    const auto seconds = scanner.any_of(":") != '\0' ? scanner.number(2, 2) : std::optional(0);
    if (!hours || !minutes || !seconds || *hours > 24 || *minutes > 59 || *seconds > 60) {
        return std::nullopt;
    }
    double total = *hours * 3600.0 + *minutes * 60.0 + *seconds + scanner.fraction();
    if (const char sign = scanner.any_of("Z+-"); sign == '+' || sign == '-') {
        const auto zone_hours = scanner.number(2, 2);
        scanner.any_of(":");
        const auto zone_minutes = scanner.is_at_end() ? std::optional(0) : scanner.number(2, 2);
        if (!zone_hours || !zone_minutes) {
            return std::nullopt;
        }
        const double zone = *zone_hours * 3600.0 + *zone_minutes * 60.0;
        total += sign == '+' ? -zone : zone;
    }
    return total;
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text, CommaUse commas) {
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
    constexpr double seconds_per_day = 86'400.0;
    Scanner scanner(text);
    const auto date =
        order == DateOrder::year_first ? scan_year_first(scanner) : scan_year_last(scanner, order);
    if (!date) {
        return std::nullopt;
    }
    const std::chrono::sys_days days(*date);
    double seconds = static_cast<double>(days.time_since_epoch().count()) * seconds_per_day;
    if (scanner.any_of("T ") != '\0') {
        const auto time = scan_time(scanner);
        if (!time) {
            return std::nullopt;
        }
        seconds += *time;
    }
    return scanner.is_at_end() ? std::optional(seconds) : std::nullopt;
}

std::string format_date(double seconds) {
    using namespace std::chrono;
    const sys_seconds moment(std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds))));
    const sys_days midnight = floor<days>(moment);
    const year_month_day day(midnight);
    const hh_mm_ss time(moment - midnight);
    // fmt counts nanoseconds, which reach from the year 1677 to 2262.
    const std::string date =
        fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return moment == midnight ? date
                              : fmt::format("{} {:02}:{:02}:{:02}", date, time.hours().count(),
                                            time.minutes().count(), time.seconds().count());
}

}  // namespace trilby::data
