// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Described records from JSON, which is not trusted: the other direction of write_json.hpp.

#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/enum_name.hpp"
#include "base/json.hpp"
#include "base/nullable.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::json {

/// Texts that are longer are cut, and longer arrays are an error.
struct ReadLimits {
    std::size_t text_bytes = default_text_limit_bytes;
    std::size_t rows = 4096;
};

/// Members of objects and elements of arrays, each read as its C++ type says.
class Reader {
  public:
    explicit constexpr Reader(ReadLimits limits) : limits_(limits) {}

    template <DescribedRecord Record>
    [[nodiscard]] Result<void> read_members(Record& into, const object& from,
                                            std::string_view where) const {
        Result<void> status;
        for_each_member(into, [&](std::string_view key, auto& member) {
            if (status) {
                status = read(member, from, key, where);
            }
        });
        return status;
    }

    Result<void> read(std::string& into, const object& from, std::string_view key,
                      std::string_view where) const;
    Result<void> read(bool& into, const object& from, std::string_view key,
                      std::string_view where) const;
    Result<void> read(double& into, const object& from, std::string_view key,
                      std::string_view where) const;

    /// Taken as it is.
    Result<void> read(object& into, const object& from, std::string_view key,
                      std::string_view where) const;

    template <std::unsigned_integral Count>
    Result<void> read(Count& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(count, read_count(from, key, where, std::numeric_limits<Count>::max()));
        into = static_cast<Count>(count);
        return {};
    }

    template <std::signed_integral Integer>
    Result<void> read(Integer& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(number, get_integer(from, key, where));
        into = static_cast<Integer>(number);
        return std::in_range<Integer>(number) ? Result<void>() : out_of_range(number, key, where);
    }

    template <DescribedEnum Enum>
    Result<void> read(Enum& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(name, get_string(from, key, where));
        const auto found = enum_named<Enum>(name);
        into = found.value_or(into);
        return found ? Result<void>() : unknown_name(name, key, where);
    }

    template <DescribedRecord Record>
    Result<void> read(Record& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(members, get_object(from, key, where));
        return read_members(into, members, place_of(key, where));
    }

    /// Left empty if there is no such key.
    template <class T>
    Result<void> read(std::optional<T>& into, const object& from, std::string_view key,
                      std::string_view where) const {
        return from.contains(key) ? read(into.emplace(), from, key, where) : Result<void>();
    }

    template <class T>
    Result<void> read(Nullable<T>& into, const object& from, std::string_view key,
                      std::string_view where) const {
        const value* found = from.if_contains(key);
        const bool is_null = found != nullptr && found->is_null();
        return is_null ? Result<void>() : read(into.content.emplace(), from, key, where);
    }

    template <class T>
    Result<void> read(Observed<T>& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(fact, get_object(from, key, where));
        const std::string place = place_of(key, where);
        Presence presence{};
        std::string source;
        T content{};
        TRILBY_CHECK(read(presence, fact, "presence", place));
        TRILBY_CHECK(read(source, fact, "source", place));
        if (presence != Presence::present) {
            into = Observed<T>::missing(presence, std::move(source));
            return {};
        }
        TRILBY_CHECK(read(content, fact, "value", place));
        into = Observed<T>::present(std::move(content), std::move(source));
        return {};
    }

    template <class T>
    Result<void> read(std::vector<T>& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(rows, get_rows(from, key, where));
        for (const value& row : rows) {
            TRILBY_CHECK(read_row(into.emplace_back(), row, place_of(key, where)));
        }
        return {};
    }

    /// An object with the names of the caller.
    template <class T>
    Result<void> read(std::map<std::string, T>& into, const object& from, std::string_view key,
                      std::string_view where) const {
        TRILBY_TRY(members, get_object(from, key, where));
        for (const auto& member : members) {
            TRILBY_CHECK(
                read(into[std::string(member.key())], members, member.key(), place_of(key, where)));
        }
        return {};
    }

  private:
    template <DescribedRecord Record>
    Result<void> read_row(Record& into, const value& row, std::string_view where) const {
        TRILBY_TRY(members, as_object(row, where));
        return read_members(into, members, where);
    }
    /// As a member of an object, which has the same types.
    template <class T>
    requires(!DescribedRecord<T>) Result<void> read_row(T& into, const value& row,
                                                        std::string_view where)
    const { return read(into, object{{"entry", row}}, "entry", where); }
    Result<void> read_row(std::string& into, const value& row, std::string_view where) const;
    Result<void> read_row(std::pair<double, double>& into, const value& row,
                          std::string_view where) const;

    [[nodiscard]] Result<array> get_rows(const object& from, std::string_view key,
                                         std::string_view where) const;
    static Result<std::uint64_t> read_count(const object& from, std::string_view key,
                                            std::string_view where, std::uint64_t most);
    static Result<void> out_of_range(std::int64_t number, std::string_view key,
                                     std::string_view where);
    static Result<void> unknown_name(std::string_view name, std::string_view key,
                                     std::string_view where);
    /// How errors name what is inside of the member `key`.
    static std::string place_of(std::string_view key, std::string_view where);

    ReadLimits limits_;
};

/// `where` names the document in errors, which are ErrorCode::bad_data. Keys that the record does
/// not have are ignored.
template <DescribedRecord Record>
[[nodiscard]] Result<Record> from_json(const object& document, std::string_view where,
                                       ReadLimits limits = {}) {
    Record record;
    TRILBY_CHECK(Reader(limits).read_members(record, document, where));
    return record;
}

}  // namespace trilby::json
