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
        return spaced_value(text_, key).parse([](const std::string& word) {
            return parse_number<T>(word);
        });
    }

  private:
    Observed<std::string> text_;
};

}  // namespace trilby::sources
