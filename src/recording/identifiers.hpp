// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Identifiers that consist of several words.

#pragma once

#include <cstddef>
#include <string_view>

namespace trilby::recording {

/// Letters, digits and the bytes of other scripts. Underscores separate words.
[[nodiscard]] bool is_in_word(char c);

/// The length of the UUID, MAC address or IP address at the start of `text`; 0 if there is none.
/// `before` is the text before it: a version such as ".so.9.1.0.70" is not an address.
[[nodiscard]] std::size_t identifier_length(std::string_view text, std::string_view before);

/// The length of what looks like an identifier at the start of `text` but is the same on many
/// machines: a PCI address, or the GUID of UEFI's own variables; 0 if there is none.
[[nodiscard]] std::size_t common_address_length(std::string_view text);

}  // namespace trilby::recording
