// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/pci_address.hpp"

#include <algorithm>

namespace trilby {
namespace {

constexpr std::string_view hexadecimal_digits = "0123456789abcdef";

/// An x in `pattern` stands for a digit.
bool matches(std::string_view text, std::string_view pattern) {
    return std::ranges::equal(text, pattern, [](char found, char wanted) {
        return wanted == 'x' ? hexadecimal_digits.find(found) != std::string_view::npos
                             : found == wanted;
    });
}

/// Four hexadecimal_digits, or up to eight without leading zeros.
bool is_domain(std::string_view text) {
    constexpr std::size_t usual = 4;
    constexpr std::size_t longest = 8;
    return text.size() >= usual && text.size() <= longest &&
           text.find_first_not_of(hexadecimal_digits) == std::string_view::npos &&
           (text.size() == usual || text.front() != '0');
}

}  // namespace

bool is_pci_address(std::string_view text) {
    constexpr std::string_view place = ":xx:xx.x";
    const std::size_t domain_size = text.size() - std::min(text.size(), place.size());
    return is_domain(text.substr(0, domain_size)) && matches(text.substr(domain_size), place);
}

}  // namespace trilby
