// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// toml++ with Trilby's errors, which give file, line and column, and typed access to tables.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::toml {

using ::toml::array;
using ::toml::node;
using ::toml::table;

/// Parses a document. Invalid TOML is ErrorCode::bad_data; `where` is the file's name in the error.
[[nodiscard]] Result<toml::table> parse(std::string_view text, std::string_view where);

/// "file:line:column" of a node.
[[nodiscard]] std::string place_of(const toml::node& node, std::string_view where);

enum class UnknownKeys : std::uint8_t { are_errors, are_ignored };

/// Typed access to one table. The reader keeps the first error, and its getters return defaults
/// after that: a caller reads everything it wants, then calls finish() once.
class Reader {
  public:
    /// `where` is the file's name, `context` the table's ("[training]", "layer 3 (conv2d)").
    Reader(const toml::table& table, std::string_view where, std::string context);

    /// The getters: a key without a default is required.
    std::int64_t integer(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                         std::optional<std::int64_t> fallback = std::nullopt);
    double number(std::string_view key, double minimum, double maximum,
                  std::optional<double> fallback = std::nullopt);
    bool boolean(std::string_view key, bool fallback);
    std::string text(std::string_view key, std::optional<std::string> fallback = std::nullopt);
    /// One of `words`; returns its index.
    std::size_t word(std::string_view key, std::span<const std::string_view> words,
                     std::optional<std::size_t> fallback = std::nullopt);
    /// Null, and an error, if the key is missing or has another type.
    const toml::table* table(std::string_view key);
    const toml::array* array(std::string_view key);
    /// Null if the key is missing, which is no error.
    const toml::table* optional_table(std::string_view key);

    /// Records an error at the position of `node`, unless there is one already.
    void reject(const toml::node& node, std::string message, std::string hint = {});
    /// Records the error of a reader of what is in this table.
    void reject(Error error);

    [[nodiscard]] const std::string& where() const { return where_; }

    /// The first error. Keys that no getter asked for are errors too. A missing key is reported
    /// last: it is often an unknown key that is misspelled.
    [[nodiscard]] Result<void> finish(UnknownKeys unknown_keys = UnknownKeys::are_errors);

  private:
    const toml::node* find(std::string_view key, bool is_required);
    void reject_unknown_keys();
    [[nodiscard]] Error error_at(const toml::node& node, std::string message,
                                 std::string hint) const;
    void wrong_type(const toml::node& node, std::string_view key, std::string_view expected);

    const toml::table& table_;
    std::string where_;
    std::string context_;
    std::vector<std::string_view> asked_;  ///< literals of the caller, or keys of the table
    std::optional<Error> error_;
    std::optional<Error> missing_;
};

}  // namespace trilby::toml
