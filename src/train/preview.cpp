// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/preview.hpp"

#include <string>
#include <utility>

#include "base/try.hpp"
#include "train/exported_model.hpp"
#include "train/precision_trial.hpp"

namespace trilby::train {
namespace {

using OnEvent = std::function<void(const json::object&)>;

/// Runs a job that has no parameters of its own, and reads its answer with `parse`.
template <class Content>
worker::Answer<Content> answer_of(const std::string& job, const Recipe& recipe, PreparedData& data,
                                  const SessionOptions& options, const OnEvent& on_event,
                                  Result<Content> (*parse)(const json::object&)) {
    return with_trial([&](PrecisionTrial& trial) -> worker::Answer<Content> {
        TRILBY_TRY(session, Session::start(data, options));
        json::object params = trial.params();
        add_model(params, recipe, {});
        TRILBY_TRY(document,
                   session.run(job, recipe, params, [&](const json::object& event) -> Result<void> {
                       trial.take(event);
                       on_event(event);
                       return {};
                   }));
        auto content = parse(document);
        if (!content) {
            return std::unexpected(session.contract_broken(content.error()));
        }
        return std::move(*content);
    });
}

}  // namespace

worker::Answer<Examination> examine(const Recipe& recipe, PreparedData& data,
                                    const SessionOptions& options) {
    return answer_of(
        "examine", recipe, data, options, [](const json::object&) {}, parse_examination);
}

worker::Answer<RateTest> test_rates(const Recipe& recipe, PreparedData& data,
                                    const SessionOptions& options,
                                    const std::function<void(std::int64_t)>& on_step) {
    const auto on_event = [&](const json::object& event) {
        if (const auto step = json::get_integer(event, "step", "event")) {
            on_step(*step);
        }
    };
    return answer_of("test_rates", recipe, data, options, on_event, parse_rate_test);
}

}  // namespace trilby::train
