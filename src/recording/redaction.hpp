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

/// The same word is always replaced by the same one, so that what belonged together still does.
class Redaction {
  public:
    /// `names` are host and user names: whole words that are replaced in names().
    explicit Redaction(std::vector<std::string> names) : names_(std::move(names)) {}

    /// UUIDs, MAC addresses and long hexadecimal numbers such as the identifiers of containers.
    [[nodiscard]] std::string identifiers(std::string_view text);
    /// The same, and host and user names.
    [[nodiscard]] std::string names(std::string_view text);
    /// Control groups and folders of people are named after them; those of the system after devices
    /// and programs, which a person may be called as well, so that only identifiers are replaced.
    [[nodiscard]] std::string path(std::string_view text);
    /// Serial numbers of cards and boards on lines "key value" or "key : value".
    [[nodiscard]] std::string serial_numbers(std::string_view text);

  private:
    /// A word of the same shape made of zeros and a running number.
    const std::string& replacement_of(std::string_view word);

    std::vector<std::string> names_;
    std::map<std::string, std::string, std::less<>> replacements_;
};

}  // namespace trilby::recording
