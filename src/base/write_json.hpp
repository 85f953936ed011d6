// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Described records as JSON. An enum is its name, an empty std::optional is left out, and an
/// Observed is {"value", "presence", "source"} with a null value if it is missing.

#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/enum_name.hpp"
#include "base/json.hpp"
#include "base/nullable.hpp"
#include "base/text.hpp"

namespace trilby::json {

/// A member whose own members take its place.
template <class T>
struct Inlined {
    T content;
};

class Writer {
  public:
    explicit Writer(std::size_t text_limit_bytes) : text_limit_bytes_(text_limit_bytes) {}

    template <DescribedRecord Record>
    [[nodiscard]] object write(const Record& record) const {
        object out;
        write_members(out, record);
        return out;
    }

    /// Made printable, so that the document is valid UTF-8 whatever the text is.
    [[nodiscard]] value write(const std::string& text) const {
        return value(printable(text, text_limit_bytes_));
    }
    template <class Number>
    requires std::integral<Number> || std::floating_point<Number>
    [[nodiscard]] value write(Number number) const { return value(number); }
    template <DescribedEnum Enum>
    [[nodiscard]] value write(Enum enumerator) const {
        return value(enum_name(enumerator));
    }
    [[nodiscard]] value write(const object& ready) const { return ready; }

    template <class First, class Second>
    [[nodiscard]] array write(const std::pair<First, Second>& pair) const {
        return {write(pair.first), write(pair.second)};
    }
    template <class T>
    [[nodiscard]] array write(const std::vector<T>& elements) const {
        array out;
        for (const T& element : elements) {
            out.push_back(write(element));
        }
        return out;
    }
    template <class T>
    [[nodiscard]] object write(const Observed<T>& fact) const {
        return {{"value", fact ? value(write(*fact)) : value(nullptr)},
                {"presence", write(fact.presence())},
                {"source", write(fact.source())}};
    }

    template <class T>
    [[nodiscard]] value write(const Nullable<T>& member) const {
        return member.content ? value(write(*member.content)) : value(nullptr);
    }

  private:
    template <class Record>
    void write_members(object& out, const Record& record) const {
        for_each_member(record, [&](std::string_view name, const auto& member) {
            write_member(out, name, member);
        });
    }

    template <class T>
    void write_member(object& out, std::string_view name, const T& member) const {
        out.emplace(name, write(member));
    }
    template <class T>
    void write_member(object& out, std::string_view name, const std::optional<T>& member) const {
        if (member) {
            write_member(out, name, *member);
        }
    }
    template <class T>
    void write_member(object& out, std::string_view, const Inlined<T>& member) const {
        write_members(out, member.content);
    }

    std::size_t text_limit_bytes_;
};

/// For records whose texts are the program's own, or were bounded before.
inline constexpr std::size_t whole_texts = std::numeric_limits<std::size_t>::max();

/// Longer texts are cut, with a note of how much was left out.
template <DescribedRecord Record>
[[nodiscard]] object to_json(const Record& record,
                             std::size_t text_limit_bytes = default_text_limit_bytes) {
    return Writer(text_limit_bytes).write(record);
}

}  // namespace trilby::json
