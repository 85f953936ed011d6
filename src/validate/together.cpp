// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/together.hpp"

#include <algorithm>
#include <barrier>
#include <cstddef>
#include <fmt/format.h>
#include <future>
#include <memory>
#include <system_error>
#include <utility>

namespace trilby::validate {
namespace {

using Results = std::vector<CheckResult>;
using Line = std::barrier<>;

/// A device's place among those that keep step. It gives the place up when it leaves.
class Place {
  public:
    explicit Place(Line& line) : line_(line) {}
    ~Place() { line_.arrive_and_drop(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

  private:
    Line& line_;
};

/// A device's part in one check. It waits for the others twice: before its worker starts, so that
/// no worker starts while others still measure, and before the check itself.
class Step {
  public:
    explicit Step(Line& line) : line_(line) { line_.arrive_and_wait(); }
    ~Step() { ready(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

    void ready() {
        if (!std::exchange(is_ready_, true)) {
            line_.arrive_and_wait();
        }
    }

  private:
    Line& line_;
    bool is_ready_ = false;
};

CheckResult run_in_step(const PlannedCheck& planned, const RunOptions& options, Line& line) {
    Step step(line);
    RunOptions waiting = options;
    waiting.when_ready = [&] { step.ready(); };
    return run_once(planned, waiting);
}

/// Why the device gets no more checks; empty if it does.
std::string why_left_out(const Results& results) {
    if (!results.empty() && results.back().report.verdict == Verdict::not_run) {
        return was_stopped;
    }
    const auto time_outs = std::ranges::count(
        results, Verdict::time_out, [](const CheckResult& one) { return one.report.verdict; });
    return time_outs < most_time_outs
               ? ""
               : fmt::format("the device did not answer in {} checks and was left out",
                             most_time_outs);
}

Results run_in_step(const std::vector<PlannedCheck>& plan, const RunOptions& options, Line& line) {
    Results results;
    for (const PlannedCheck& planned : plan) {
        const std::string why = why_left_out(results);
        if (!why.empty()) {
            break;
        }
        results.push_back(run_in_step(planned, options, line));
        if (options.on_result) {
            options.on_result(results.back());
        }
    }
    return results;
}

void complete(Results& results, const std::vector<PlannedCheck>& plan) {
    const std::string why =
        results.empty() ? "there was no thread for the device" : why_left_out(results);
    for (std::size_t i = results.size(); i < plan.size(); ++i) {
        results.push_back(not_run(plan[i], why));
    }
}

void follow_up_all(Results& results, const RunOptions& options) {
    RunOptions quiet = options;
    quiet.on_progress = {};
    for (CheckResult& result : results) {
        if (result.report.verdict != Verdict::not_run) {
            follow_up(result, quiet);
        }
    }
}

/// Runs the plan on a thread of its own. Without one, there are no results, and the device gives
/// up its place at once.
std::future<Results> start(const std::vector<PlannedCheck>& plan, const RunOptions& options,
                           Line& line) {
    try {
        return std::async(std::launch::async, [&, place = std::make_unique<Place>(line)]() mutable {
            const auto until_the_end = std::move(place);
            return run_in_step(plan, options, line);
        });
    } catch (const std::system_error&) {
        return std::async(std::launch::deferred, [] { return Results(); });
    }
}

}  // namespace

std::vector<Results> run_together(const std::vector<PlannedCheck>& plan,
                                  const std::vector<RunOptions>& devices) {
    Line line(static_cast<std::ptrdiff_t>(devices.size()));
    std::vector<std::future<Results>> running;
    for (const RunOptions& options : devices) {
        running.push_back(start(plan, options, line));
    }
    std::vector<Results> results;
    for (auto& one : running) {
        results.push_back(one.get());
        complete(results.back(), plan);
    }
    std::vector<std::future<void>> following;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        following.push_back(std::async([&, i] { follow_up_all(results[i], devices[i]); }));
    }
    std::ranges::for_each(following, [](auto& one) { one.get(); });
    return results;
}

}  // namespace trilby::validate
