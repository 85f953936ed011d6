// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Removes personal data from a recording.

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trilby::recording {

/// Replaces a word by the same replacement everywhere, so that references still match.
class Redaction {
  public:
    /// `names` are host and user names, which names() replaces as whole words.
    explicit Redaction(std::vector<std::string> names) : names_(std::move(names)) {}

    /// Replaces UUIDs, MAC addresses and long hexadecimal numbers such as container IDs.
    [[nodiscard]] std::string identifiers(std::string_view text);
    /// Replaces identifiers, and host and user names.
    [[nodiscard]] std::string names(std::string_view text);
    /// Replaces identifiers, and outside the system's folders also names. Folders of the system are
    /// named after devices and programs, which may have the same name as a user.
    [[nodiscard]] std::string path(std::string_view text);
    /// Replaces serial numbers of cards and boards on lines "key value" or "key : value".
    [[nodiscard]] std::string serial_numbers(std::string_view text);

  private:
    /// A word of the same shape with zeros and a running number.
    const std::string& replacement_of(std::string_view word);

    std::vector<std::string> names_;
    std::map<std::string, std::string, std::less<>> replacements_;
};

}  // namespace trilby::recording
