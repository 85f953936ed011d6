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

/// The device knows its name.
Answer<ResultContext> context_of(Session& session, const PreparedData& data,
                                 const LaunchOptions& how) {
    ResultContext context{data.baselines, how.machine};
    if (context.machine) {
        TRILBY_TRY(name, session.device_name());
        context.machine->device = std::move(name);
    }
    return context;
}

Answer<RunResult> launch_once(RunFolder& run, PreparedData& data, const SessionOptions& options,
                              const LaunchOptions& how,
                              const std::function<void(const Event&)>& on_event,
                              PrecisionTrial& trial) {
    // The worker holds the run's lock as well.
    TRILBY_TRY(session, Session::start(data, options, run.lock_descriptor()));
    TRILBY_TRY(context, context_of(session, data, how));
    RunRecorder recorder(run, std::move(context), how.writes_events);
    JobReader reader(run.recipe().training.epochs);
    json::object params = trial.params();
    params["checkpoint"] = run.checkpoint_file().string();
    params["resume"] = run.has_checkpoint();
    add_model(params, run.recipe(), run.path());
    if (how.time_limit_s) {
        params["time_limit_s"] = *how.time_limit_s;
    }
    if (how.verify_every > 0) {
        params["verify_every"] = how.verify_every;
    }
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

}  // namespace

Answer<RunResult> launch(RunFolder& run, PreparedData& data, const SessionOptions& options,
                         const LaunchOptions& how,
                         const std::function<void(const Event&)>& on_event) {
    return with_trial([&](PrecisionTrial& trial) {
        return launch_once(run, data, options, how, on_event, trial);
    });
}

}  // namespace trilby::train
