// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/verdict.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace trilby::validate {
namespace {

// The order is that of the enumerations.
constexpr std::array<std::string_view, 8> verdict_names{
    "pass", "skip", "not-run", "out-of-memory", "time-out", "error", "crash", "fail"};
constexpr std::array<std::string_view, 3> skip_reason_names{"not-applicable", "not-supported",
                                                            "not-permitted"};
constexpr std::array<std::string_view, 2> persistence_names{"permanent", "intermittent"};

template <class Enumeration>
std::optional<Enumeration> find_name(std::span<const std::string_view> names,
                                     std::string_view name) {
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt
                                : std::optional(static_cast<Enumeration>(found - names.begin()));
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
    return verdict_names.at(static_cast<std::size_t>(verdict));
}

std::optional<Verdict> verdict_named(std::string_view name) {
    return find_name<Verdict>(verdict_names, name);
}

std::string_view skip_reason_name(SkipReason reason) {
    return skip_reason_names.at(static_cast<std::size_t>(reason));
}

std::optional<SkipReason> skip_reason_named(std::string_view name) {
    return find_name<SkipReason>(skip_reason_names, name);
}

std::string_view persistence_name(Persistence persistence) {
    return persistence_names.at(static_cast<std::size_t>(persistence));
}

}  // namespace trilby::validate
