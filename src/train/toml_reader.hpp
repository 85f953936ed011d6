// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Typed reading of one TOML table. The first thing that is wrong is kept, with its line and
/// column, and the getters then return defaults: a caller reads all it wants and asks once, at the
/// end.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

/// A whole document; what is no TOML is ErrorCode::bad_data with its place in `where`.
[[nodiscard]] Result<toml::table> parse_toml(std::string_view text, std::string_view where);

class TomlReader {
  public:
    /// `where` names the file, `context` the table ("[training]", "layer 3 (conv2d)").
    TomlReader(const toml::table& table, std::string_view where, std::string context);

    /// Without a default, the key must be there.
    std::int64_t integer(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                         std::optional<std::int64_t> fallback = std::nullopt);
    double number(std::string_view key, double minimum, double maximum,
                  std::optional<double> fallback = std::nullopt);
    bool boolean(std::string_view key, bool fallback);
    std::string text(std::string_view key, std::optional<std::string> fallback = std::nullopt);
    /// One of `words`; returns its index.
    std::size_t word(std::string_view key, std::span<const std::string_view> words,
                     std::optional<std::size_t> fallback = std::nullopt);
    /// Null (and an error) if it is missing or no table.
    const toml::table* table(std::string_view key);
    const toml::array* array(std::string_view key);

    /// Keeps `message` as the error, unless there is one already. `node` gives the position.
    void reject(const toml::node& node, std::string message, std::string hint = {});

    /// The first error; a key that nobody asked for is one. A missing key comes last: it is often
    /// an unknown one, misspelt.
    [[nodiscard]] Result<void> finish();

  private:
    const toml::node* find(std::string_view key, bool is_required);
    [[nodiscard]] Error error_at(const toml::node& node, std::string message,
                                 std::string hint) const;
    void wrong_type(const toml::node& node, std::string_view key, std::string_view expected);

    const toml::table& table_;
    std::string where_;
    std::string context_;
    std::vector<std::string_view> asked_;  ///< keys are literals of the caller
    std::optional<Error> error_;
    std::optional<Error> missing_;
};

}  // namespace trilby::train
