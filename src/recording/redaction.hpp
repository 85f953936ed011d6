// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Removes personal data from a recording.

#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace trilby::recording {

/// Replaces a word by the same replacement everywhere, so that references still match.
class Redaction {
  public:
    /// `names` are names of hosts and users, which prose() replaces.
    explicit Redaction(const std::vector<std::string>& names);

    /// Replaces every word that is not known, identifiers, and the names of home folders.
    [[nodiscard]] std::string words(std::string_view text);
    /// Text that vendors write, such as the model of a card: replaces identifiers, names of hosts
    /// and users, and the words of paths and addresses.
    [[nodiscard]] std::string prose(std::string_view text);
    /// Like words(), except for files that were renamed.
    [[nodiscard]] std::string path(std::string_view text);
    /// From now on, path() of a file has another last name.
    void rename(std::string_view file, std::string name);

  private:
    using IsKept = std::function<bool(std::string_view word, std::string_view before)>;

    /// Replaces identifiers and every other word that is not kept.
    [[nodiscard]] std::string replaced(std::string_view text, const IsKept& is_kept);
    [[nodiscard]] const std::string& replacement_of(std::string_view word);

    std::set<std::string, std::less<>> names_;  ///< in lower case
    std::map<std::string, std::string, std::less<>> replacements_;
    std::map<std::string, std::string, std::less<>> renamed_;
};

}  // namespace trilby::recording
