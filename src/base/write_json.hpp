// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Described records as JSON. An enum is its name, an empty std::optional is left out, and an
/// Observed is {"value", "presence", "source"} with a null value if it is missing.

#pragma once

#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/document.hpp"
#include "base/enum_name.hpp"
#include "base/json.hpp"
#include "base/json_text.hpp"
#include "base/nullable.hpp"
#include "base/text.hpp"

namespace trilby::json {

/// A member whose own members take its place.
template <class T>
struct Inlined {
    T content;
};

/// A text with line feeds and tabs, which JSON can hold: it is not made printable.
struct Verbatim {
    std::string text;
};

/// Builds a document from the same calls as a TextWriter.
class DocumentBuilder {
  public:
    [[nodiscard]] value document() && { return std::move(document_); }

    void begin_object() { open_.push_back({.content = object(), .key = std::exchange(key_, {})}); }
    void begin_short_object() { begin_object(); }
    void key(std::string_view name) { key_ = name; }
    void end_object() { close(); }
    void begin_array() { open_.push_back({.content = array(), .key = std::exchange(key_, {})}); }
    void end_array() { close(); }
    template <class Scalar>
    void write(const Scalar& scalar) {
        add(value(scalar));
    }
    void write_null() { add(value(nullptr)); }

  private:
    struct Open {
        value content;
        std::string key;  ///< in the object around it
    };

    void close() {
        Open closed = std::move(open_.back());
        open_.pop_back();
        key_ = std::move(closed.key);
        add(std::move(closed.content));
    }
    void add(value&& element) {
        if (open_.empty()) {
            document_ = std::move(element);
        } else if (object* members = open_.back().content.if_object()) {
            members->emplace(key_, std::move(element));
        } else {
            open_.back().content.get_array().push_back(std::move(element));
        }
    }

    std::vector<Open> open_;
    std::string key_;
    value document_;
};

/// Describes records to a TextWriter or a DocumentBuilder.
template <class Output>
class Writer {
  public:
    Writer(Output& output, std::size_t text_limit_bytes)
        : output_(output), text_limit_bytes_(text_limit_bytes) {}

    template <DescribedRecord Record>
    void write(const Record& record) const {
        output_.begin_object();
        write_members(record);
        output_.end_object();
    }
    template <DescribedRecord Record>
    void write_members(const Record& record) const {
        for_each_member(
            record, [&](std::string_view name, const auto& member) { write_member(name, member); });
    }

    /// Made printable, so that the document is valid UTF-8 whatever the text is.
    void write(const std::string& text) const {
        output_.write(std::string_view(printable(text, text_limit_bytes_)));
    }
    void write(const Verbatim& verbatim) const { output_.write(std::string_view(verbatim.text)); }
    template <class Number>
    requires std::integral<Number> || std::floating_point<Number>
    void write(Number number) const { output_.write(number); }
    template <DescribedEnum Enum>
    void write(Enum enumerator) const {
        output_.write(std::string_view(enum_name(enumerator)));
    }
    void write(const object& ready) const { output_.write(ready); }

    template <class First, class Second>
    void write(const std::pair<First, Second>& pair) const {
        output_.begin_array();
        write(pair.first);
        write(pair.second);
        output_.end_array();
    }
    template <class T>
    void write(const std::vector<T>& elements) const {
        output_.begin_array();
        for (const T& element : elements) {
            write(element);
        }
        output_.end_array();
    }
    template <class T>
    void write(const std::map<std::string, T>& members) const {
        output_.begin_object();
        for (const auto& [name, member] : members) {
            write_member(name, member);
        }
        output_.end_object();
    }
    template <class T>
    void write(const Observed<T>& fact) const {
        constexpr bool is_plain = std::is_arithmetic_v<T> || std::same_as<T, std::string>;
        if (is_plain || !fact) {
            output_.begin_short_object();
        } else {
            output_.begin_object();
        }
        output_.key("value");
        write_or_null(fact.has_value() ? &fact.value() : nullptr);
        write_member("presence", fact.presence());
        write_member("source", fact.source());
        output_.end_object();
    }
    template <class T>
    void write(const Nullable<T>& member) const {
        write_or_null(member.content ? &*member.content : nullptr);
    }

  private:
    template <class T>
    void write_or_null(const T* member) const {
        if (member != nullptr) {
            write(*member);
        } else {
            output_.write_null();
        }
    }

    template <class T>
    void write_member(std::string_view name, const T& member) const {
        output_.key(name);
        write(member);
    }
    template <class T>
    void write_member(std::string_view name, const std::optional<T>& member) const {
        if (member) {
            write_member(name, *member);
        }
    }
    template <class T>
    void write_member(std::string_view, const Inlined<T>& member) const {
        write_members(member.content);
    }

    Output& output_;
    std::size_t text_limit_bytes_;
};

/// For records whose texts are the program's own, or were bounded before.
inline constexpr std::size_t whole_texts = std::numeric_limits<std::size_t>::max();

template <class T>
[[nodiscard]] value to_value(const T& described, std::size_t text_limit_bytes) {
    DocumentBuilder builder;
    Writer(builder, text_limit_bytes).write(described);
    return std::move(builder).document();
}

/// Longer texts are cut, with a note of how much was left out.
template <DescribedRecord Record>
[[nodiscard]] object to_json(const Record& record,
                             std::size_t text_limit_bytes = default_text_limit_bytes) {
    return std::move(to_value(record, text_limit_bytes).as_object());
}

/// The text of pretty(document(to_json(record))), in a third of the time.
template <DescribedRecord Record>
[[nodiscard]] std::string document_text(const Record& record) {
    TextWriter output(TextWriter::Layout::indented);
    output.begin_object();
    output.key("schema");
    output.write(schema_version);
    Writer(output, default_text_limit_bytes).write_members(record);
    output.end_object();
    return std::move(output).text();
}

}  // namespace trilby::json
