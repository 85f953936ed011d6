// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/learning_rate.hpp"

#include <fmt/format.h>

#include "base/print.hpp"
#include "cli/output_style.hpp"
#include "cli/training_start.hpp"
#include "report/layout.hpp"
#include "report/progress_line.hpp"
#include "report/rate_test_text.hpp"
#include "train/documents.hpp"
#include "train/preview.hpp"

namespace trilby::cli {
namespace {

SafeText advice_text(const train::RateAdvice& advice, double recipe_rate) {
    const report::Style style = output_style();
    constexpr std::size_t label_columns = 12;
    SafeText text = report::row("advice",
                                advice.learning_rate
                                    ? fmt::format("{:g}, {}", *advice.learning_rate, advice.reason)
                                    : advice.reason,
                                style, label_columns) +
                    report::row("recipe", fmt::format("{:g}", recipe_rate), style, label_columns);
    if (advice.learning_rate) {
        text += report::row(
            "use it", fmt::format("--set optimizer.learning_rate={:g}", *advice.learning_rate),
            style, label_columns);
    }
    return text;
}

}  // namespace

worker::Answer<void> find_learning_rate(const train::Recipe& recipe, train::PreparedData& data,
                                        const train::SessionOptions& session, bool as_json) {
    report::ProgressLine progress(stream_for_people(as_json));
    const auto test = train::test_rates(recipe, data, session, [&](std::int64_t steps) {
        progress.show(SafeText::format("step {} of at most {}", steps, train::rate_test_steps));
    });
    progress.clear();
    if (!test) {
        return std::unexpected(test.error());
    }
    const train::RateAdvice advice = train::advise(test->points);
    if (as_json) {
        print(json_text(train::document_of(train::RateTestDocument{
            recipe.optimizer.learning_rate, advice.learning_rate, advice.reason, test->points})));
    } else {
        print(report::losses_text(test->points) +
              advice_text(advice, recipe.optimizer.learning_rate));
    }
    return {};
}

}  // namespace trilby::cli
