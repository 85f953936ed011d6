// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/launch.hpp"

#include <fmt/format.h>
#include <future>
#include <string>
#include <utility>

#include "base/json.hpp"
#include "base/try.hpp"
#include "train/job_reader.hpp"
#include "worker/contract.hpp"
#include "worker/thread_limits.hpp"

namespace trilby::train {
namespace {

using worker::Answer;
using worker::Failure;
using worker::Outcome;

// ChildOptions::shared_descriptors[0] in the child. The worker holds the run's lock as well.
constexpr std::int64_t arrays_descriptor = 4;

std::unexpected<Failure> failed(const Error& error) {
    return std::unexpected(Failure{.outcome = Outcome::refused, .error = error});
}

json::object training_params(const RunFolder& run, const PreparedData& data,
                             const LaunchOptions& options) {
    return {{"device", options.device},
            {"threads", options.threads},
            {"recipe", to_toml(run.recipe())},
            {"schema", data.schema},
            {"parts", to_json(data.parts)},
            {"arrays_descriptor", arrays_descriptor},
            {"arrays", to_json(data.arrays.layout())},
            {"checkpoint", run.checkpoint_file().string()},
            {"resume", run.has_checkpoint()}};
}

/// Writes what an event adds to the metrics.
Result<void> record(const Event& event, RunFolder& run) {
    if (const auto* started = std::get_if<StartEvent>(&event)) {
        return run.restore_metrics(started->history);
    }
    if (const auto* ended = std::get_if<EpochEvent>(&event)) {
        return run.add_metrics(ended->epoch, metrics_of(*ended));
    }
    return {};
}

Result<void> fill(PreparedData& data) {
    if (data.fill) {
        TRILBY_CHECK(data.fill(data.arrays));
    }
    return data.arrays.seal();
}

/// Decompressing the data takes about as long as loading LibTorch, so both happen at once, or one
/// after the other where no thread can be started.
std::expected<void, Failure> load_module_and_data(worker::Worker& worker,
                                                  const worker::RequestOptions& request,
                                                  PreparedData& data,
                                                  const LaunchOptions& options) {
    auto filled =
        std::async(std::launch::async | std::launch::deferred, [&] { return fill(data); });
    const auto loaded = worker.load(options.backend_module, request);
    if (const auto arrays = filled.get(); !arrays) {
        return failed(arrays.error());
    }
    if (!loaded) {
        return std::unexpected(loaded.error());
    }
    return {};
}

/// Events of other types are skipped. Those that the metrics depend on must be understood.
Result<void> take(const json::object& document, JobReader& reader, RunFolder& run,
                  const LaunchOptions& options) {
    const auto event = reader.event(document);
    if (!event) {
        return type_of(document) == ProgressEvent::type
                   ? Result<void>()
                   : std::unexpected(
                         worker::contract_broken(options.backend_module, event.error()).error);
    }
    if (*event) {
        TRILBY_CHECK(record(**event, run));
        options.on_event(**event);
    }
    return {};
}

}  // namespace

Answer<TrainingResult> launch(RunFolder& run, PreparedData& data, const LaunchOptions& options) {
    JobReader reader(run.recipe().training.epochs);
    const worker::RequestOptions request{
        .silence_limit = options.silence_limit,
        .on_event = [&](const json::object& event) { return take(event, reader, run, options); },
        .interrupts = options.interrupts,
        .on_cancel = options.on_cancel};
    TRILBY_TRY(worker,
               worker::Worker::start(
                   {.program = options.worker_program,
                    .environment = worker::thread_variables(options.threads),
                    .shared_descriptors = {data.arrays.descriptor(), run.lock_descriptor()}}));
    TRILBY_CHECK(load_module_and_data(worker, request, data, options));
    TRILBY_CHECK(worker::known_answer(worker, options.backend_module, options.device, request));
    TRILBY_TRY(document, worker.run("train", training_params(run, data, options), request));
    const auto result = reader.result(document);
    if (!result) {
        return std::unexpected(worker::contract_broken(options.backend_module, result.error()));
    }
    if (const auto written = run.write_result(to_json(*result)); !written) {
        return failed(written.error());
    }
    return *result;
}

}  // namespace trilby::train
