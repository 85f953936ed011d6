// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/validation.hpp"

namespace trilby::report {

std::vector<std::string> error_lines(const validate::ErrorEvent& event) {
    const std::string count = event.before == event.count
                                  ? fmt::format("{} so far", event.count)
                                  : fmt::format("from {} to {}", event.before, event.count);
    if (event.meaning.empty()) {
        return {fmt::format("{}: {}", event.counter, count)};
    }
    return {fmt::format("{}: {}; {} ({})", event.counter, count, event.meaning, event.origin),
            fmt::format("do: {}", event.remedy)};
}

std::vector<NamedText> telemetry_lines(const validate::Subject& subject) {
    std::vector<NamedText> lines;
    for (const validate::ErrorEvent& event : earlier_errors(subject.idle)) {
        for (std::string& line : error_lines(event)) {
            lines.push_back({"errors", std::move(line)});
        }
    }
    if (const auto& reasons = subject.idle.throttle_reasons; reasons && !reasons->empty()) {
        lines.push_back({"throttled", fmt::format("{}; before any load, so perhaps stuck",
                                                  fmt::join(*reasons, ", "))});
    }
    for (const auto& [name, why] : unknown_facts(subject)) {
        lines.push_back({"unknown", fmt::format("{}: {}", name, why)});
    }
    return lines;
}

SafeText telemetry_text(const validate::Subject& subject, const Style& style,
                        std::size_t label_columns) {
    SafeText out;
    std::string last;
    for (const NamedText& line : telemetry_lines(subject)) {
        out += row(line.name == last ? "" : line.name, line.text, style, label_columns);
        last = line.name;
    }
    return out;
}

}  // namespace trilby::report
