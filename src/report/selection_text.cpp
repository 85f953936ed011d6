// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "report/machine_json.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

/// The result, before the reasons.
SafeText choice_row(const Selection& selection, const Style& style) {
    return selection.choice ? paragraph(fmt::format("{} is used: {}.", selection.choice->name,
                                                    selection.choice->reason),
                                        style) +
                                  "\n"
                            : SafeText();
}

std::string_view state_of(const Candidate& candidate, const Selection& selection) {
    if (selection.choice && selection.choice->name == candidate.name) {
        return "used";
    }
    return candidate.is_usable() ? "can be used" : "cannot be used";
}

/// The evidence for a usable backend, or what an unusable one lacks.
SafeText candidate_rows(const Candidate& candidate, const Selection& selection,
                        const Style& style) {
    SafeText out = row(candidate.name, state_of(candidate, selection), style);
    if (const Requirement* missed = candidate.first_missed()) {
        out += row("", one_line(missed->evidence, 1024), style);
        if (!missed->hint.empty()) {
            out += row("", "hint: " + one_line(missed->hint, 1024), style);
        }
        return out;
    }
    for (const Requirement& requirement : candidate.requirements) {
        const char* prefix = requirement.answer == Answer::unknown ? "not known: " : "";
        out += row("", prefix + one_line(requirement.evidence, 1024), style);
    }
    return out;
}

/// Only the first missed requirement has its remedy: the others may follow from it.
SafeText requirement_rows(const Requirement& requirement, bool is_first_missed,
                          const Style& style) {
    constexpr std::size_t answer_columns = 20;
    SafeText out = row(fmt::format("          {}", answer_name(requirement.answer)),
                       fmt::format("{}: {}", requirement.id, one_line(requirement.evidence, 1024)),
                       {.columns = style.columns, .has_color = false}, answer_columns);
    if (is_first_missed && !requirement.hint.empty()) {
        out += row("", "hint: " + one_line(requirement.hint, 1024), style, answer_columns);
    }
    return out;
}

SafeText ignored_rows(const Selection& selection, const Style& style) {
    SafeText out;
    for (const Error& error : selection.ignored) {
        out += row("ignored", one_line(error.message, 1024), style);
    }
    return out;
}

}  // namespace

SafeText explained_text(const Selection& selection, const Style& style) {
    SafeText out = choice_row(selection, style);
    for (const Candidate& candidate : selection.candidates) {
        out += row(candidate.name, state_of(candidate, selection), style);
        for (const Requirement& requirement : candidate.requirements) {
            out += requirement_rows(requirement, &requirement == candidate.first_missed(), style);
        }
    }
    return out + ignored_rows(selection, style);
}

SafeText to_text(const Selection& selection, const Style& style) {
    SafeText out = choice_row(selection, style);
    for (const Candidate& candidate : selection.candidates) {
        out += candidate_rows(candidate, selection, style);
    }
    return out + ignored_rows(selection, style);
}

}  // namespace trilby::report
