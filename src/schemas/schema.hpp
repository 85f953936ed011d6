// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// JSON schemas of described records. What types cannot say, such as prose and ranges, comes from
/// notes: {"Record": {...}, "Record.member": {...}}, whose keywords are added to the schema.

#pragma once

#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <type_traits>

#include "base/enum_name.hpp"
#include "base/write_json.hpp"

namespace trilby::schemas {

template <class T>
using Type = std::type_identity<T>;

class Notes {
  public:
    explicit Notes(json::object notes) : notes_(std::move(notes)) {}

    void add_to(json::object& schema, std::string_view name);
    /// The names that no schema has asked for.
    [[nodiscard]] std::vector<std::string> unused() const;

  private:
    json::object notes_;
    std::set<std::string, std::less<>> used_;
};

/// Makes one document's schema, with a definition for each record, enum and kind of fact in it.
class Maker {
  public:
    explicit Maker(Notes& notes) : notes_(notes) {}

    /// The schema of a document (base/document.hpp) with the members of `Record`.
    template <DescribedRecord Record>
    [[nodiscard]] json::object document() {
        return with_members<Record>(
            {.properties = {{"schema", version()}}, .required = {"schema"}});
    }

    /// The schema of a file of a run, which is not a document.
    template <DescribedRecord Record>
    [[nodiscard]] json::object file() {
        return with_members<Record>({});
    }

  private:
    struct Object {
        json::object properties;
        json::array required;
    };

    template <DescribedRecord Record>
    json::object with_members(Object object) {
        add_members<Record>(object);
        return finished(object, described_name(static_cast<const Record*>(nullptr)));
    }

    // The schema of a type.

    json::object of(Type<bool>) { return {{"type", "boolean"}}; }
    json::object of(Type<double>) { return {{"type", "number"}}; }
    json::object of(Type<std::string>) { return {{"type", "string"}}; }
    json::object of(Type<json::Verbatim>) { return {{"type", "string"}}; }
    json::object of(Type<json::object>) { return {{"type", "object"}}; }
    template <std::signed_integral T>
    json::object of(Type<T>) {
        return {{"type", "integer"}};
    }
    template <std::unsigned_integral T>
    json::object of(Type<T>) {
        return {{"type", "integer"}, {"minimum", 0}};
    }
    template <class T>
    json::object of(Type<std::vector<T>>) {
        return {{"type", "array"}, {"items", of(Type<T>())}};
    }
    template <class T>
    json::object of(Type<std::map<std::string, T>>) {
        return {{"type", "object"}, {"additionalProperties", of(Type<T>())}};
    }
    template <class T>
    json::object of(Type<std::pair<T, T>>) {
        return {{"type", "array"}, {"items", of(Type<T>())}, {"minItems", 2}, {"maxItems", 2}};
    }
    template <class T>
    json::object of(Type<std::optional<T>>) {
        return of(Type<T>());
    }
    template <class T>
    json::object of(Type<json::Nullable<T>>) {
        return {{"anyOf", {of(Type<T>()), json::object{{"type", "null"}}}}};
    }
    template <class T>
    requires DescribedEnum<T> || DescribedRecord<T> json::object of(Type<T> type) {
        return defined(name_of(type), type);
    }
    template <class T>
    json::object of(Type<Observed<T>> type) {
        return defined(name_of(type), type);
    }

    // The name of a type among the definitions.

    static std::string name_of(Type<bool>) { return "Flag"; }
    static std::string name_of(Type<double>) { return "Number"; }
    static std::string name_of(Type<std::string>) { return "Text"; }
    template <std::signed_integral T>
    static std::string name_of(Type<T>) {
        return "Integer";
    }
    template <std::unsigned_integral T>
    static std::string name_of(Type<T>) {
        return "Count";
    }
    template <class T>
    static std::string name_of(Type<std::vector<T>>) {
        return name_of(Type<T>()) + "List";
    }
    template <class T>
    static std::string name_of(Type<Observed<T>>) {
        return "Observed" + name_of(Type<T>());
    }
    template <class T>
    requires DescribedEnum<T> || DescribedRecord<T>
    static std::string name_of(Type<T>) {
        return std::string(described_name(static_cast<const T*>(nullptr)));
    }

    // The definition of a type.

    template <DescribedEnum Enum>
    json::object definition(Type<Enum>) {
        json::array names;
        for_each_enumerator<Enum>([&](Enum, std::string_view name) { names.emplace_back(name); });
        return {{"enum", std::move(names)}};
    }
    template <DescribedRecord Record>
    json::object definition(Type<Record>) {
        Object object;
        add_members<Record>(object);
        return object_schema(object);
    }
    template <class T>
    json::object definition(Type<Observed<T>>) {
        return object_schema({.properties = {{"value", of(Type<json::Nullable<T>>())},
                                             {"presence", of(Type<Presence>())},
                                             {"source", of(Type<std::string>())}},
                              .required = {"value", "presence", "source"}});
    }

    template <class T>
    json::object defined(const std::string& name, Type<T> type) {
        if (!definitions_.contains(name)) {
            definitions_[name] = nullptr;  // keeps its place before those that it needs
            json::object made = definition(type);
            notes_.add_to(made, name);
            definitions_[name] = std::move(made);
        }
        return {{"$ref", "#/$defs/" + name}};
    }

    template <DescribedRecord Record>
    void add_members(Object& object) {
        Record record{};
        for_each_member(record, [&](std::string_view name, const auto& member) {
            add_member(object, described_name(&record), name, member);
        });
    }
    template <class T>
    void add_member(Object& object, std::string_view record, std::string_view name, const T&) {
        json::object schema = of(Type<T>());
        notes_.add_to(schema, fmt::format("{}.{}", record, name));
        object.properties.emplace(name, std::move(schema));
        object.required.emplace_back(name);
    }
    template <class T>
    void add_member(Object& object, std::string_view record, std::string_view name,
                    const std::optional<T>&) {
        add_member(object, record, name, T{});
        object.required.pop_back();
    }
    template <class T>
    void add_member(Object& object, std::string_view, std::string_view, const json::Inlined<T>&) {
        add_members<T>(object);
    }

    json::object version();
    static json::object object_schema(const Object& object);
    json::object finished(const Object& object, std::string_view record);

    Notes& notes_;
    json::object definitions_;
};

}  // namespace trilby::schemas
