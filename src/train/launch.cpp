// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/launch.hpp"

#include <string>
#include <utility>

#include "base/json.hpp"
#include "base/try.hpp"
#include "train/exported_model.hpp"
#include "train/job_reader.hpp"
#include "train/precision_trial.hpp"
#include "train/run_recorder.hpp"

namespace trilby::train {
namespace {

using worker::Answer;
using worker::Failure;

/// Events of other types are skipped. Those that the metrics depend on must be understood.
Result<void> take(const json::object& document, JobReader& reader, RunRecorder& recorder,
                  const Session& session, const std::function<void(const Event&)>& on_event) {
    const auto event = reader.event(document);
    if (!event) {
        return type_of(document) == ProgressEvent::type
                   ? Result<void>()
                   : std::unexpected(session.contract_broken(event.error()).error);
    }
    if (*event) {
        TRILBY_CHECK(recorder.record(**event));
        on_event(**event);
    }
    return {};
}

/// Asks the device for its name.
Answer<ResultContext> context_of(Session& session, const PreparedData& data,
                                 const LaunchOptions& how) {
    ResultContext context{data.baselines, how.machine};
    if (context.machine) {
        TRILBY_TRY(name, session.device_name());
        context.machine->device = std::move(name);
    }
    return context;
}

/// Parameters that do not depend on the folder of the run.
json::object params_of(const LaunchOptions& how) {
    json::object params{{"checkpoint", ""}, {"resume", false}, {"saving", to_json(how.saving)}};
    if (how.time_limit_s) {
        params["time_limit_s"] = *how.time_limit_s;
    }
    if (how.verify_every > 0) {
        params["verify_every"] = how.verify_every;
    }
    if (how.place) {
        params["place"] = to_json(*how.place);
    }
    return params;
}

Answer<RunResult> run_first(Session& session, RunFolder& run, const PreparedData& data,
                            const LaunchOptions& how, json::object params,
                            const std::function<void(const Event&)>& on_event,
                            PrecisionTrial& trial) {
    TRILBY_TRY(context, context_of(session, data, how));
    RunRecorder recorder(run, std::move(context), how.writes_events);
    JobReader reader(run.recipe().training.epochs);
    const json::object no_trial = trial.params();
    params.insert(no_trial.begin(), no_trial.end());
    params["checkpoint"] = run.checkpoint_file().string();
    params["resume"] = run.has_checkpoint();
    TRILBY_TRY(document, session.run("train", run.recipe(), params, [&](const json::object& event) {
        trial.take(event);
        return take(event, reader, recorder, session, on_event);
    }));
    const auto result = reader.result(document);
    if (!result) {
        return std::unexpected(session.contract_broken(result.error()));
    }
    auto written = recorder.end(*result);
    if (!written) {
        return worker::refused(written.error());
    }
    return std::move(*written);
}

/// Runs the job once, with a team if there is one.
Answer<RunResult> launch_once(RunFolder& run, PreparedData& data, const SessionOptions& options,
                              const LaunchOptions& how,
                              const std::function<void(const Event&)>& on_event,
                              PrecisionTrial& trial) {
    json::object params = params_of(how);
    add_model(params, run.recipe(), run.path());
    std::optional<Team> team;
    if (how.team.processes > 1) {
        auto created = Team::create(how.team);
        if (!created) {
            return worker::refused(created.error());
        }
        team.emplace(std::move(*created));
        team->start(data, options, run.recipe(), params);
        params["place"] = to_json(team->place(0));
    }
    SessionOptions of_first = options;
    of_first.abandon_fd = team ? team->first_is_abandoned_fd() : -1;
    // The worker holds the run's lock as well.
    TRILBY_TRY(session, Session::start(data, of_first, run.lock_descriptor()));
    if (!team) {
        return run_first(session, run, data, how, std::move(params), on_event, trial);
    }
    team->data_are_ready();
    auto result = run_first(session, run, data, how, std::move(params), on_event, trial);
    const auto failed = team->end(result ? std::nullopt : std::optional(result.error()));
    return failed ? std::unexpected(*failed) : std::move(result);
}

}  // namespace

Answer<RunResult> launch(RunFolder& run, PreparedData& data, const SessionOptions& options,
                         const LaunchOptions& how,
                         const std::function<void(const Event&)>& on_event) {
    return with_trial([&](PrecisionTrial& trial) {
        return launch_once(run, data, options, how, on_event, trial);
    });
}

std::expected<void, Failure> take_part(const Recipe& recipe, PreparedData& data,
                                       const SessionOptions& options, const LaunchOptions& how) {
    json::object params = params_of(how);
    add_model(params, recipe, {});
    TRILBY_TRY(session, Session::start(data, options));
    TRILBY_CHECK(session.run("train", recipe, params));
    return {};
}

}  // namespace trilby::train
