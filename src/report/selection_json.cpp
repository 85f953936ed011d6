// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/enum_name.hpp"
#include "report/documents.hpp"
#include "report/machine_json.hpp"

namespace trilby::report {
namespace {

ErrorDocument document_of(const Error& error) {
    return {static_cast<int>(error.code), error.message, error.hint};
}

CandidateDocument document_of(const Candidate& candidate) {
    CandidateDocument out{.name = candidate.name,
                          .usable = candidate.is_usable(),
                          .requirements = candidate.requirements};
    if (const auto& manifest = candidate.manifest) {
        out.manifest.content = {manifest->module, manifest->abi, manifest->version,
                                manifest->libtorch};
    }
    return out;
}

}  // namespace

ChoiceDocument document_of(const Result<Choice>& choice) {
    if (!choice) {
        return {.error = document_of(choice.error())};
    }
    return {.chosen = {choice->name}, .reason = choice->reason};
}

json::object to_json(const Selection& selection) {
    SelectionDocument out{.choice = {document_of(selection.choice)}};
    for (const Candidate& candidate : selection.candidates) {
        out.candidates.push_back(document_of(candidate));
    }
    for (const Error& error : selection.ignored) {
        out.ignored_manifests.push_back(document_of(error));
    }
    return json::to_json(out);
}

std::string_view answer_name(Answer answer) {
    return enum_name(answer);
}

}  // namespace trilby::report
