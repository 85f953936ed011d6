// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/launch.hpp"

#include <fmt/format.h>
#include <future>
#include <string>
#include <utility>

#include "base/json.hpp"
#include "base/try.hpp"
#include "train/image_data.hpp"
#include "train/recipe_check.hpp"
#include "worker/thread_limits.hpp"

namespace trilby::train {
namespace {

using worker::Answer;
using worker::Failure;
using worker::Outcome;

// ChildOptions::shared_descriptors[0] in the child. The worker holds the run's lock as well.
constexpr std::int64_t images_descriptor = 4;

std::unexpected<Failure> failed(const Error& error) {
    return std::unexpected(Failure{.outcome = Outcome::refused, .error = error});
}

json::object training_params(const RunFolder& run, const ImageLayout& layout,
                             const LaunchOptions& options) {
    return {{"device", options.device},        {"threads", options.threads},
            {"recipe", to_toml(run.recipe())}, {"images_descriptor", images_descriptor},
            {"images", to_json(layout)},       {"checkpoint", run.checkpoint_file().string()},
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

/// Decompressing the data takes about as long as loading LibTorch, so both happen at once, or one
/// after the other where no thread can be started.
std::expected<void, Failure> load_module_and_data(worker::Worker& worker,
                                                  const worker::RequestOptions& request,
                                                  const platform::FileDescriptor& memory,
                                                  const Dataset& dataset,
                                                  const LaunchOptions& options) {
    auto filled = std::async(std::launch::async | std::launch::deferred,
                             [&] { return fill_images(memory, dataset, options.data_folder); });
    const auto loaded = worker.load(options.backend_module, request);
    if (const auto images = filled.get(); !images) {
        return failed(images.error());
    }
    if (!loaded) {
        return std::unexpected(loaded.error());
    }
    return {};
}

/// Events of other types are skipped. Those that the metrics depend on must be understood.
Result<void> take(const json::object& document, RunFolder& run, const LaunchOptions& options) {
    const auto event = parse_event(document);
    if (!event) {
        return type_of(document) == ProgressEvent::type ? Result<void>()
                                                        : std::unexpected(event.error());
    }
    if (*event) {
        TRILBY_CHECK(record(**event, run));
        options.on_event(**event);
    }
    return {};
}

}  // namespace

Answer<TrainingResult> launch(RunFolder& run, const Dataset& dataset,
                              const LaunchOptions& options) {
    const ImageLayout layout = layout_of(dataset);
    if (const auto shapes = check_against(run.recipe(), layout); !shapes) {
        return failed(shapes.error());
    }
    const auto memory = reserve_images(layout);
    if (!memory) {
        return failed(memory.error());
    }
    const worker::RequestOptions request{
        .silence_limit = options.silence_limit,
        .on_event = [&](const json::object& event) { return take(event, run, options); },
        .interrupts = options.interrupts,
        .on_cancel = options.on_cancel};
    TRILBY_TRY(worker, worker::Worker::start(
                           {.program = options.worker_program,
                            .environment = worker::thread_variables(options.threads),
                            .shared_descriptors = {memory->get(), run.lock_descriptor()}}));
    TRILBY_CHECK(load_module_and_data(worker, request, *memory, dataset, options));
    TRILBY_CHECK(worker.run("known_answer", {{"device", options.device}}, request));
    TRILBY_TRY(document, worker.run("train", training_params(run, layout, options), request));
    const auto result = parse_result(document);
    if (!result) {
        return failed(result.error());
    }
    if (const auto written = run.write_result(to_json(*result)); !written) {
        return failed(written.error());
    }
    return *result;
}

}  // namespace trilby::train
