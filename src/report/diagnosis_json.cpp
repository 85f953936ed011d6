// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/document.hpp"
#include "report/diagnosis.hpp"
#include "report/documents.hpp"

namespace trilby::report {

json::object to_json(const Diagnosis& diagnosis, const std::optional<Result<Choice>>& choice,
                     const Machine& machine) {
    DiagnosisDocument out{.is_blocked = diagnosis.is_blocked() || (choice && !*choice),
                          .findings = diagnosis.findings,
                          .consequences = diagnosis.consequences,
                          .unread = diagnosis.unread};
    if (choice) {
        out.backend = document_of(*choice);
    }
    out.machine = machine;
    return json::document(json::to_json(out));
}

json::object to_json(const Explanation& explanation) {
    return json::document(json::to_json(explanation, json::whole_texts));
}

json::object to_json(std::string_view counter, const ErrorMeaning& meaning) {
    return json::document({{"counter", counter},
                           {"origin", error_origin_name(meaning.origin)},
                           {"meaning", meaning.meaning},
                           {"remedy", meaning.remedy}});
}

}  // namespace trilby::report
