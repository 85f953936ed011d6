// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "machine/requirements.hpp"
#include "selection/requirements.hpp"

namespace trilby::selection {
namespace {

bool is_blocking(const Finding& finding, std::string_view family) {
    return finding.severity == Severity::blocks && finding.family == family;
}

std::string describe(const Finding& finding) {
    return fmt::format("{}: {}", finding.id, finding.title);
}

/// The doctor knows of no obstacle, if it could read what it needs.
Requirement nothing_known(std::string_view id, const Diagnosis& diagnosis,
                          std::string_view family) {
    for (const UnreadFacts& unread : diagnosis.unread) {
        if (std::ranges::find(unread.families, family) != unread.families.end()) {
            return unknown(id, fmt::format("'trilby doctor' could not read {}", unread.name));
        }
    }
    return met(id, "'trilby doctor' knows nothing that prevents it");
}

}  // namespace

Requirement nothing_blocks(const Facts& facts, std::string_view family) {
    constexpr std::string_view id = "no-blocking-condition";
    Requirement answer = nothing_known(id, facts.diagnosis, family);
    for (const auto* findings : {&facts.diagnosis.findings, &facts.diagnosis.consequences}) {
        for (const Finding& finding : *findings) {
            if (!is_blocking(finding, family)) {
                continue;
            }
            if (!concerns_libtorch(finding.id)) {
                return missed(id, describe(finding), "'trilby doctor' shows what to do");
            }
            answer = unknown(
                id, fmt::format("{}; the module may use another LibTorch", describe(finding)));
        }
    }
    return answer;
}

}  // namespace trilby::selection
