// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The names of described enumerators, both ways.

#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/describe.hpp"

namespace trilby {
namespace detail {

/// The letters of one name, which live as long as the program.
template <class Enumerator>
inline constexpr auto letters_of = [] {
    constexpr std::string_view identifier(Enumerator::name);
    std::array<char, identifier.size()> letters{};
    std::ranges::replace_copy(identifier, letters.begin(), '_', word_separator(Enumerator::value));
    return letters;
}();

template <class Enumerator>
constexpr std::string_view name_of(Enumerator) {
    return {letters_of<Enumerator>.data(), letters_of<Enumerator>.size()};
}

}  // namespace detail

/// Calls `visit` with every enumerator and its name.
template <DescribedEnum Enum, class Visit>
constexpr void for_each_enumerator(Visit visit) {
    boost::mp11::mp_for_each<Enumerators<Enum>>(
        [&](auto enumerator) { visit(decltype(enumerator)::value, detail::name_of(enumerator)); });
}

/// "unknown" for a number that is not an enumerator.
template <DescribedEnum Enum>
[[nodiscard]] constexpr std::string_view enum_name(Enum value) {
    std::string_view found = "unknown";
    for_each_enumerator<Enum>([&](Enum one, std::string_view name) {
        if (one == value) {
            found = name;
        }
    });
    return found;
}

template <DescribedEnum Enum>
[[nodiscard]] constexpr std::optional<Enum> enum_named(std::string_view name) {
    std::optional<Enum> found;
    for_each_enumerator<Enum>([&](Enum one, std::string_view its_name) {
        if (its_name == name) {
            found = one;
        }
    });
    return found;
}

}  // namespace trilby
