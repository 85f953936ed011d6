// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/validation.hpp"

namespace trilby::report {
namespace {

/// Rows under one label, which only the first of them has.
class Rows {
  public:
    Rows(std::string_view label, const Style& style, std::size_t label_columns)
        : label_(label), style_(style), label_columns_(label_columns) {}

    void add(std::string_view text) {
        out_ += row(out_.empty() ? label_ : "", text, style_, label_columns_);
    }
    [[nodiscard]] SafeText finish() { return std::move(out_); }

  private:
    std::string_view label_;
    const Style& style_;
    std::size_t label_columns_;
    SafeText out_;
};

}  // namespace

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

SafeText telemetry_text(const validate::Subject& subject, const Style& style,
                        std::size_t label_columns) {
    Rows errors("errors", style, label_columns);
    for (const validate::ErrorEvent& event : earlier_errors(subject.idle)) {
        for (const std::string& line : error_lines(event)) {
            errors.add(line);
        }
    }
    Rows throttling("throttled", style, label_columns);
    if (const auto& reasons = subject.idle.throttle_reasons; reasons && !reasons->empty()) {
        throttling.add(
            fmt::format("{}; before any load, so perhaps stuck", fmt::join(*reasons, ", ")));
    }
    Rows unknown("unknown", style, label_columns);
    for (const auto& [name, why] : unknown_facts(subject)) {
        unknown.add(fmt::format("{}: {}", name, why));
    }
    return errors.finish() + throttling.finish() + unknown.finish();
}

}  // namespace trilby::report
