// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <span>

#include "base/text.hpp"
#include "selection/requirements.hpp"
#include <trilby/selection.hpp>

namespace trilby {
namespace {

using selection::Backend;
using selection::backends;

std::vector<std::string_view> known_names() {
    std::vector<std::string_view> names;
    for (const Backend& backend : backends()) {
        names.push_back(backend.name);
    }
    return names;
}

std::vector<Requirement> requirements_of(const Backend& backend, const selection::Facts& facts) {
    std::vector<Requirement> all;
    if (backend.gpu) {
        all = backend.gpu->requirements(facts.machine);
        all.push_back(selection::nothing_blocks(facts, backend.gpu->family));
    }
    all.push_back(selection::module_is_installed(facts));
    all.push_back(selection::module_fits(facts));
    if (backend.gpu) {
        all.push_back(selection::module_has_code(facts, backend.gpu->targets(facts.machine)));
    }
    return all;
}

Candidate judge(const Backend& backend, const selection::Facts& facts) {
    Candidate candidate{.name = std::string(backend.name),
                        .requirements = requirements_of(backend, facts)};
    const InstalledBackend* entry = selection::find_installed(facts);
    if (entry != nullptr && entry->manifest) {
        candidate.manifest = *entry->manifest;
        candidate.module = entry->module;
    }
    return candidate;
}

Result<Choice> apply_override(const std::vector<Candidate>& candidates,
                              const BackendOverride& wanted) {
    const auto found = std::ranges::find(candidates, wanted.name, &Candidate::name);
    if (found == candidates.end()) {
        const auto names = known_names();
        return failure(ErrorCode::usage,
                       fmt::format("{} asks for the unknown backend '{}'{}", wanted.source,
                                   printable(wanted.name, 64), did_you_mean(wanted.name, names)),
                       fmt::format("use one of the backends {}", fmt::join(names, ", ")));
    }
    if (const Requirement* missed = found->first_missed()) {
        return failure(ErrorCode::unavailable,
                       fmt::format("{} asks for the backend {}, which cannot be used: {}",
                                   wanted.source, wanted.name, missed->evidence),
                       missed->hint);
    }
    return Choice{wanted.name, fmt::format("{} asks for it", wanted.source)};
}

std::string reason_for_first(const Candidate& chosen) {
    const auto unknown =
        std::ranges::count(chosen.requirements, Answer::unknown, &Requirement::answer);
    return unknown == 0 ? "it meets every requirement"
                        : fmt::format(
                              "nothing is known to prevent it, but {} of its {} "
                              "requirements could not be checked",
                              unknown, chosen.requirements.size());
}

/// The reason for using a backend: those `before` it cannot be used.
std::string reason_for(const Candidate& chosen, std::span<const Candidate> before) {
    if (before.empty()) {
        return reason_for_first(chosen);
    }
    std::vector<std::string_view> names;
    std::ranges::transform(before, std::back_inserter(names), &Candidate::name);
    return names.size() == 1
               ? fmt::format("{} cannot be used here", names.front())
               : fmt::format("neither {} can be used here", fmt::join(names, " nor "));
}

Result<Choice> first_usable(const std::vector<Candidate>& candidates) {
    const auto found = std::ranges::find_if(candidates, &Candidate::is_usable);
    if (found != candidates.end()) {
        return Choice{found->name, reason_for(*found, {candidates.begin(), found})};
    }
    const Requirement* missed = candidates.back().first_missed();
    return failure(ErrorCode::unavailable,
                   fmt::format("no backend can be used, not even {}: {}", candidates.back().name,
                               missed->evidence),
                   missed->hint);
}

std::vector<Error> unusable_manifests(const BackendFolder& installed) {
    std::vector<Error> ignored;
    if (!installed) {
        return ignored;
    }
    const auto names = known_names();
    for (const InstalledBackend& entry : *installed) {
        if (!entry.manifest) {
            ignored.push_back(entry.manifest.error());
        } else if (std::ranges::find(names, entry.name) == names.end()) {
            ignored.push_back({ErrorCode::bad_data,
                               fmt::format("'{}' is for a backend that this version does not know",
                                           printable(entry.path)),
                               "install the version of trilby that the backend was built for"});
        }
    }
    return ignored;
}

}  // namespace

const Requirement* Candidate::first_missed() const {
    const auto found = std::ranges::find(requirements, Answer::missed, &Requirement::answer);
    return found == requirements.end() ? nullptr : &*found;
}

Selection select_backend(const Machine& machine, const BackendFolder& installed,
                         const std::optional<BackendOverride>& wanted) {
    const Diagnosis diagnosis = diagnose(machine);
    std::vector<Candidate> candidates;
    for (const Backend& backend : backends()) {
        candidates.push_back(judge(backend, {machine, diagnosis, installed, backend.name}));
    }
    Result<Choice> choice = wanted ? apply_override(candidates, *wanted) : first_usable(candidates);
    return {.candidates = std::move(candidates),
            .choice = std::move(choice),
            .ignored = unusable_manifests(installed)};
}

}  // namespace trilby
