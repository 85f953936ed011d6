// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/option_text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "base/text.hpp"

namespace trilby::cli {
namespace {

/// "--html, --junit". CLI11 orders them by address.
std::string sorted_names(const std::set<CLI::Option*>& options) {
    std::set<std::string> names;
    for (const CLI::Option* option : options) {
        names.insert(option->get_name());
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// CLI11 appends the range of a validator to the name of the type: "SECONDS:1 to 3600".
std::string range_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t colon = type.find(':');
    return colon == std::string::npos ? std::string() : type.substr(colon + 1);
}

}  // namespace

std::vector<std::string> names_of(const CLI::Option& option) {
    if (option.get_positional()) {
        return {option.get_name(true)};
    }
    std::vector<std::string> names;
    for (const std::string& letter : option.get_snames()) {
        names.push_back('-' + letter);
    }
    for (const std::string& word : option.get_lnames()) {
        names.push_back("--" + word);
    }
    return names;
}

std::string value_name(const CLI::Option& option) {
    if (option.get_items_expected_max() == 0) {
        return {};
    }
    const std::string name =
        option.get_positional() ? option.get_name(true) : option.get_type_name();
    return name.substr(0, name.find(':'));
}

std::string explained(const CLI::Option& option) {
    std::string terms;
    const auto add = [&](std::string_view lead, const std::string& term) {
        if (!term.empty()) {
            terms += fmt::format("{}{}{}", terms.empty() ? "" : "; ", lead, term);
        }
    };
    add("", range_of(option));
    add("default ", option.get_default_str());
    add("only with ", sorted_names(option.get_needs()));
    add("not with ", sorted_names(option.get_excludes()));
    return terms.empty() ? option.get_description()
                         : fmt::format("{} ({})", option.get_description(), terms);
}

CLI::Validator whole_number(std::int64_t low, std::int64_t high) {
    const std::string range = high == std::numeric_limits<std::int64_t>::max()
                                  ? fmt::format("{} or more", low)
                                  : fmt::format("{} to {}", low, high);
    // CLI11 would read 010 as eight, and reduce a number that is too large to the largest one.
    return CLI::Validator(
        [=](std::string& text) {
            std::int64_t number = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc() || end != text.data() + text.size() || number < low ||
                number > high) {
                return fmt::format("'{}' is not a whole number from {} to {}", printable(text, 64),
                                   low, high);
            }
            text = std::to_string(number);
            return std::string();
        },
        range);
}

CLI::Validator number(double low, double high) {
    return CLI::Validator(
        [=](const std::string& text) {
            double value = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), value);
            const bool is_number = error == std::errc() && end == text.data() + text.size();
            return is_number && value >= low && value <= high
                       ? std::string()
                       : fmt::format("'{}' is not a number from {} to {}", printable(text, 64), low,
                                     high);
        },
        fmt::format("{} to {}", low, high));
}

CLI::Validator duration() {
    constexpr double most_seconds = 1e7;
    return CLI::Validator(
        [](std::string& text) {
            double number = 0;
            const char* const end = text.data() + text.size();
            const auto [unit, error] = std::from_chars(text.data(), end, number);
            const std::string_view units(unit, static_cast<std::size_t>(end - unit));
            const double seconds = number * (units == "h" ? 3600 : units == "m" ? 60 : 1);
            const bool has_unit = units.empty() || units == "s" || units == "m" || units == "h";
            if (error != std::errc() || !has_unit || !(seconds > 0 && seconds <= most_seconds)) {
                return fmt::format("'{}' is not a time such as 90s, 5m or 2h", printable(text, 64));
            }
            text = fmt::format("{}", seconds);
            return std::string();
        },
        "");
}

CLI::Option* add_duration_option(CLI::App& parser, const std::string& name,
                                 std::function<void(double seconds)> take,
                                 const std::string& meaning) {
    return parser
        .add_option_function<std::string>(
            name,
            [take = std::move(take)](const std::string& seconds) { take(std::stod(seconds)); },
            meaning)
        ->transform(duration())
        ->type_name("TIME");
}

CLI::Validator one_of(const std::vector<std::string>& words) {
    return CLI::Validator(
        [=](const std::string& text) {
            return std::ranges::find(words, text) != words.end()
                       ? std::string()
                       : fmt::format("'{}' is not one of {}", printable(text, 64),
                                     fmt::join(words, ", "));
        },
        fmt::format("{}", fmt::join(words, ", ")));
}

}  // namespace trilby::cli
