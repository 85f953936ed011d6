// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads and writes the keys that a visit_keys() lists.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/enum_name.hpp"
#include "toml/reader.hpp"
#include "train/layers.hpp"

namespace trilby::train {

/// The word for what Trilby decides itself.
inline constexpr std::string_view automatic = "auto";

/// Visits the keys of [network]: those of the task's network, unless another one replaces it.
template <class Settings>
void visit_network_keys(auto& other, Settings& settings, auto& keys) {
    other.visit_keys(other, keys);
    if (other.is_there()) {
        Settings::visit_keys_of_any_network(settings, keys);
    } else {
        Settings::visit_network_keys(settings, keys);
    }
}

/// Reads keys of one table. Errors are kept by the reader.
class KeyReader {
  public:
    explicit KeyReader(toml::Reader& reader) : reader_(reader) {}

    void required(std::string_view key, std::int64_t& value, std::int64_t least,
                  std::int64_t most) {
        value = reader_.integer(key, least, most);
    }
    void required(std::string_view key, double& value, double least, double most) {
        value = reader_.number(key, least, most);
    }
    void required(std::string_view key, std::string& value) { value = reader_.text(key); }
    template <DescribedEnum Enum>
    void required(std::string_view key, Enum& value) {
        read_word(key, value, std::nullopt);
    }
    void required(std::string_view key, std::vector<Layer>& layers);

    void optional(std::string_view key, std::int64_t& value, std::int64_t least,
                  std::int64_t most) {
        value = reader_.integer(key, least, most, value);
    }
    void optional(std::string_view key, double& value, double least, double most) {
        value = reader_.number(key, least, most, value);
    }
    void optional(std::string_view key, bool& value) { value = reader_.boolean(key, value); }
    void optional(std::string_view key, std::string& value) { value = reader_.text(key, value); }
    template <DescribedEnum Enum>
    void optional(std::string_view key, Enum& value) {
        read_word(key, value, static_cast<std::size_t>(value));
    }
    /// A word of the enumeration, or "auto" for nothing.
    template <DescribedEnum Enum>
    void optional(std::string_view key, std::optional<Enum>& value) {
        std::vector<std::string_view> words = words_of<Enum>();
        words.push_back(automatic);
        value = enum_named<Enum>(words[reader_.word(key, words, words.size() - 1)]);
    }
    /// A key that is not written where it is empty.
    void if_given(std::string_view key, std::string& value) { value = reader_.text(key, value); }
    void optional(std::string_view key, std::vector<std::string>& values) {
        values = reader_.texts(key);
    }
    /// A table with keys of the user's own, such as the names of columns.
    void optional(std::string_view key, std::map<std::string, std::string>& values);

  private:
    template <DescribedEnum Enum>
    static std::vector<std::string_view> words_of() {
        std::vector<std::string_view> words;
        for_each_enumerator<Enum>([&](Enum, std::string_view word) { words.push_back(word); });
        return words;
    }
    template <DescribedEnum Enum>
    void read_word(std::string_view key, Enum& value, std::optional<std::size_t> fallback) {
        const std::vector<std::string_view> words = words_of<Enum>();
        value = *enum_named<Enum>(words[reader_.word(key, words, fallback)]);
    }

    toml::Reader& reader_;
};

/// Writes keys, limits aside.
class KeyWriter {
  public:
    /// `section` is the table's name, or empty for a table in one line, such as a layer.
    explicit KeyWriter(std::string section) : section_(std::move(section)) {}

    template <class Value>
    void required(std::string_view key, const Value& value, auto... /*limits*/) {
        write(key, value);
    }
    template <class Value>
    void optional(std::string_view key, const Value& value, auto... /*limits*/) {
        write(key, value);
    }
    void if_given(std::string_view key, const std::string& value) {
        if (!value.empty()) {
            write(key, value);
        }
    }
    /// The section with its header, then the tables in it; or ", key = value, ..." in one line.
    [[nodiscard]] std::string text() const;

  private:
    void write(std::string_view key, std::int64_t value);
    void write(std::string_view key, double value);
    void write(std::string_view key, bool value);
    void write(std::string_view key, const std::string& value);
    void write(std::string_view key, const std::vector<std::string>& values);
    void write(std::string_view key, const std::vector<Layer>& layers);
    void write(std::string_view key, const std::map<std::string, std::string>& values);
    template <DescribedEnum Enum>
    void write(std::string_view key, Enum value) {
        write(key, std::string(enum_name(value)));
    }
    template <DescribedEnum Enum>
    void write(std::string_view key, std::optional<Enum> value) {
        write(key, std::string(value ? enum_name(*value) : automatic));
    }
    void add(std::string_view key, std::string_view value);

    std::string section_;
    std::string keys_;
    std::string tables_;
};

}  // namespace trilby::train
