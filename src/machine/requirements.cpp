// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/requirements.hpp"

#include <fmt/format.h>

#include "base/presence.hpp"

namespace trilby {

std::vector<std::string> obstacles(const std::vector<Requirement>& requirements) {
    std::vector<std::string> lines;
    if (requirements.front().answer != Answer::met) {
        return lines;
    }
    for (const Requirement& requirement : requirements) {
        if (requirement.answer == Answer::missed) {
            lines.push_back(requirement.evidence);
        }
    }
    return lines;
}

Requirement met(std::string_view id, std::string evidence) {
    return {std::string(id), Answer::met, std::move(evidence), {}};
}

Requirement missed(std::string_view id, std::string evidence, std::string hint) {
    return {std::string(id), Answer::missed, std::move(evidence), std::move(hint)};
}

Requirement unknown(std::string_view id, std::string evidence) {
    return {std::string(id), Answer::unknown, std::move(evidence), {}};
}

Requirement unknown(std::string_view id, Presence presence, std::string_view source) {
    return unknown(id, fmt::format("{} {}", source, why_missing(presence)));
}

}  // namespace trilby
