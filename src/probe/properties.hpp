// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files with lines "key number", such as those of the KFD topology.

#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "platform/file_tree.hpp"
#include "probe/assignments.hpp"

namespace trilby::sources {

class Properties {
  public:
    Properties(const platform::FileTree& tree, const std::string& path)
        : Properties(tree, path, path) {}
    /// `source` is the path in the whole tree.
    Properties(const platform::FileTree& tree, const std::string& path, std::string source)
        : text_(tree.read(path)), source_(std::move(source)) {}

    [[nodiscard]] const std::string& source() const { return source_; }

    /// Absent if no line starts with the key, malformed if the number does not fit into T.
    template <std::integral T>
    [[nodiscard]] Observed<T> number(std::string_view key) const {
        using Number = Observed<T>;
        const auto word = text_ ? find_value(*text_, key, ' ') : std::nullopt;
        if (!word) {
            return Number::missing(text_ ? Presence::absent : text_.presence(), source_);
        }
        const auto number = parse_number<T>(*word);
        return number ? Number::present(*number, source_)
                      : Number::missing(Presence::malformed, source_);
    }

  private:
    Observed<std::string> text_;
    std::string source_;
};

}  // namespace trilby::sources
