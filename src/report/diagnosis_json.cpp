// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.hpp"
#include "report/diagnosis.hpp"
#include "report/machine_json.hpp"

namespace trilby::report {
namespace {

json::array texts(const std::vector<std::string>& lines) {
    json::array out;
    for (const std::string& line : lines) {
        out.push_back(json::value(printable(line)));
    }
    return out;
}

json::array list(const std::vector<Finding>& findings) {
    json::array out;
    for (const Finding& finding : findings) {
        out.push_back(json::object{{"id", finding.id},
                                   {"family", finding.family},
                                   {"severity", severity_name(finding.severity)},
                                   {"title", finding.title},
                                   {"evidence", texts(finding.evidence)},
                                   {"why", finding.why},
                                   {"remedy", texts(finding.remedy)},
                                   {"place", place_name(finding.place)}});
    }
    return out;
}

}  // namespace

json::object to_json(const Diagnosis& diagnosis, const std::optional<Result<Choice>>& choice) {
    json::object document{{"schema", 1},
                          {"is_blocked", diagnosis.is_blocked() || (choice && !*choice)},
                          {"findings", list(diagnosis.findings)},
                          {"consequences", list(diagnosis.consequences)}};
    if (choice) {
        document["backend"] = to_json(*choice);
    }
    return document;
}

json::object to_json(const Explanation& explanation) {
    json::array remedies;
    for (const Explanation::SystemRemedy& remedy : explanation.remedies) {
        remedies.push_back(json::object{{"system", remedy.system}, {"steps", texts(remedy.steps)}});
    }
    return {{"schema", 1},
            {"id", explanation.id},
            {"family", explanation.family},
            {"severity", severity_name(explanation.severity)},
            {"title", explanation.title},
            {"why", explanation.why},
            {"details", explanation.details},
            {"remedies", std::move(remedies)}};
}

}  // namespace trilby::report
