// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Descriptions of records and enums (Boost.Describe), from which reading, writing and schemas
/// follow. A description is in the namespace of its type but not in its header, so that no public
/// header needs Boost.

#pragma once

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <trilby/observed.hpp>

namespace trilby {

template <class T>
concept DescribedRecord = boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

template <DescribedRecord Record>
using Members = boost::describe::describe_members<Record, boost::describe::mod_public>;
template <DescribedEnum Enum>
using Enumerators = boost::describe::describe_enumerators<Enum>;

/// Calls `visit` with the name and a reference of every member, in the order of the description.
template <class Record, class Visit>
void for_each_member(Record& record, Visit visit) {
    boost::mp11::mp_for_each<Members<std::remove_const_t<Record>>>([&](auto member) {
        visit(std::string_view(decltype(member)::name), record.*decltype(member)::pointer);
    });
}

namespace detail {

struct Anything {
    template <class T>
    operator T() const;  // NOLINT: implicit on purpose
};

/// The number of members of an aggregate: how many values can initialize it.
template <class Record, class... Values>
consteval std::size_t count_members() {
    if constexpr (requires { Record{Values{}..., Anything{}}; }) {
        return count_members<Record, Values..., Anything>();
    } else {
        return sizeof...(Values);
    }
}

template <auto value>
consteval std::string_view spelled_value() {
    return __PRETTY_FUNCTION__;  // ends in "value = trilby::Presence::absent" or in "(...)9"
}

/// The compiler writes a value that has no name as a cast.
template <auto value>
consteval bool has_name() {
    const std::string_view text = spelled_value<value>();
    return text[text.rfind("value = ") + 8] != '(';
}

template <class Enum>
consteval bool is_complete() {
    constexpr auto count = boost::mp11::mp_size<Enumerators<Enum>>::value;
    return has_name<static_cast<Enum>(count - 1)>() && !has_name<static_cast<Enum>(count)>();
}

}  // namespace detail

/// TRILBY_DESCRIBE(Record, member...): every member, in the order of its JSON keys.
#define TRILBY_DESCRIBE(Record, ...)                                        \
    BOOST_DESCRIBE_STRUCT(Record, (), (__VA_ARGS__))                        \
    static_assert(boost::mp11::mp_size<::trilby::Members<Record>>::value == \
                      ::trilby::detail::count_members<Record>(),            \
                  "a member of " #Record " is not described");              \
    constexpr std::string_view described_name(const Record*) {              \
        return #Record;                                                     \
    }

/// TRILBY_DESCRIBE_ENUM(Enum, separator, enumerator...): all that count from 0. The names that
/// people and programs read have `separator` in place of '_'.
#define TRILBY_DESCRIBE_ENUM(Enum, separator, ...)                \
    BOOST_DESCRIBE_ENUM(Enum, __VA_ARGS__)                        \
    static_assert(::trilby::detail::is_complete<Enum>(),          \
                  "an enumerator of " #Enum " is not described"); \
    constexpr char word_separator(Enum) {                         \
        return separator;                                         \
    }                                                             \
    constexpr std::string_view described_name(const Enum*) {      \
        return #Enum;                                             \
    }

/// Texts from outside that are longer are cut.
inline constexpr std::size_t default_text_limit_bytes = 4096;

TRILBY_DESCRIBE_ENUM(Presence, '_', present, absent, denied, malformed)

}  // namespace trilby
