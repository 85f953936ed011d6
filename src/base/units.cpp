// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"

namespace trilby {

std::string format_bytes(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 7> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024.0 && unit + 1 < units.size()) {
        value /= 1024.0;
        ++unit;
    }
    const bool needs_decimal =
        unit > 0 && value < 10.0 && std::round(value * 10) != 10 * std::round(value);
    return needs_decimal ? fmt::format("{:.1f} {}", value, units[unit])
                         : fmt::format("{:.0f} {}", value, units[unit]);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    constexpr std::array<std::string_view, 5> prefixes{"", "k", "m", "g", "t"};
    constexpr double limit = 0x1p63;
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !(number >= 0.0)) {
        return std::nullopt;
    }
    const std::string unit =
        lower_case(trim(text.substr(static_cast<std::size_t>(end - text.data()))));
    for (const std::string_view prefix : prefixes) {
        if (unit == prefix || unit == fmt::format("{}b", prefix) ||
            (!prefix.empty() && unit == fmt::format("{}ib", prefix))) {
            return number < limit ? std::optional(static_cast<std::uint64_t>(number))
                                  : std::nullopt;
        }
        number *= 1024.0;
    }
    return std::nullopt;
}

std::string format_duration(std::chrono::duration<double> duration) {
    const double seconds = std::max(0.0, duration.count());
    if (seconds < 9.95) {
        return fmt::format("{:.1f} s", seconds);
    }
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    if (whole < 60) {
        return fmt::format("{} s", whole);
    }
    if (whole < 3600) {
        return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    }
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string format_duration(double seconds) {
    return format_duration(std::chrono::duration<double>(seconds));
}

std::string format_count(std::uint64_t count) {
    std::string digits = fmt::format("{}", count);
    for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) {
        digits.insert(digits.size() - from_end, 1, ',');
    }
    return digits;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", format_count(count), count == 1 ? one : many);
}

std::string format_measure(double value) {
    constexpr double first_grouped = 999.5;  // smaller values do not round to four digits
    constexpr double last_grouped = 1e15;
    if (!(value >= first_grouped && value < last_grouped)) {
        return fmt::format("{:.3g}", value);
    }
    const double unit = std::pow(10, std::floor(std::log10(value)) - 2);
    return format_count(static_cast<std::uint64_t>(std::round(value / unit) * unit));
}

}  // namespace trilby
