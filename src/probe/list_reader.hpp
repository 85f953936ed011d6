// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the places that the entries of a list come from. A place that cannot be read is noted,
/// because the list may then be incomplete, and otherwise counts as one without entries.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"
#include <trilby/environment.hpp>

namespace trilby::sources {

using UnreadPaths = std::vector<UnreadPath>;

class ListReader {
  public:
    /// `tree` and `unread` must outlive the reader.
    ListReader(const platform::FileTree& tree, FactList list, UnreadPaths& unread)
        : tree_(tree), list_(list), unread_(unread) {}

    [[nodiscard]] const platform::FileTree& tree() const { return tree_; }

    [[nodiscard]] bool has(const std::string& path) const;
    [[nodiscard]] Observed<std::vector<std::string>> names(const std::string& folder) const;
    [[nodiscard]] std::string text(const std::string& path,
                                   std::size_t limit_bytes = 1U << 20) const;
    /// Calls `take` with each line until it returns false.
    void for_each_line(const std::string& path,
                       const std::function<bool(std::string_view)>& take) const;

  private:
    void note(const std::string& path, Presence presence) const;

    const platform::FileTree& tree_;
    FactList list_;
    UnreadPaths& unread_;
};

}  // namespace trilby::sources
