// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files with lines "key number", such as those of the KFD topology.

#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "platform/file_tree.hpp"
#include "probe/assignments.hpp"

namespace trilby::sources {

class Properties {
  public:
    Properties(const platform::FileTree& tree, std::string_view path) : text_(tree.read(path)) {}

    [[nodiscard]] const std::string& source() const { return text_.source(); }

    /// Absent if no line starts with the key, malformed if the number does not fit into T.
    template <std::integral T>
    [[nodiscard]] Observed<T> number(std::string_view key) const {
        using Number = Observed<T>;
        const auto word = text_ ? find_value(*text_, key, ' ') : std::nullopt;
        if (!word) {
            return Number::missing(text_ ? Presence::absent : text_.presence(), text_.source());
        }
        const auto number = parse_number<T>(*word);
        return number ? Number::present(*number, text_.source())
                      : Number::missing(Presence::malformed, text_.source());
    }

  private:
    Observed<std::string> text_;
};

}  // namespace trilby::sources
