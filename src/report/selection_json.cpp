// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "machine/describe_results.hpp"
#include "report/machine_json.hpp"

namespace trilby::report {
namespace {

json::object error_object(const Error& error) {
    return {{"exit_code", static_cast<int>(error.code)},
            {"message", printable(error.message)},
            {"hint", printable(error.hint)}};
}

json::value manifest_object(const std::optional<Manifest>& manifest) {
    if (!manifest) {
        return nullptr;
    }
    return json::object{{"module", printable(manifest->module)},
                        {"abi", manifest->abi},
                        {"version", printable(manifest->version)},
                        {"libtorch", printable(manifest->libtorch)}};
}

json::object candidate_object(const Candidate& candidate) {
    json::array requirements;
    for (const Requirement& requirement : candidate.requirements) {
        requirements.push_back(json::object{{"id", requirement.id},
                                            {"answer", answer_name(requirement.answer)},
                                            {"evidence", printable(requirement.evidence)},
                                            {"hint", printable(requirement.hint)}});
    }
    return {{"name", candidate.name},
            {"usable", candidate.is_usable()},
            {"manifest", manifest_object(candidate.manifest)},
            {"requirements", requirements}};
}

}  // namespace

json::object to_json(const Selection& selection) {
    json::array candidates;
    for (const Candidate& candidate : selection.candidates) {
        candidates.push_back(candidate_object(candidate));
    }
    json::array ignored;
    for (const Error& error : selection.ignored) {
        ignored.push_back(error_object(error));
    }
    json::object document = to_json(selection.choice);
    document["schema"] = 1;
    document["candidates"] = candidates;
    document["ignored_manifests"] = ignored;
    return document;
}

json::object to_json(const Result<Choice>& choice) {
    if (!choice) {
        return {{"chosen", nullptr}, {"error", error_object(choice.error())}};
    }
    return {{"chosen", choice->name}, {"reason", choice->reason}};
}

std::string_view answer_name(Answer answer) {
    return enum_name(answer);
}

}  // namespace trilby::report
