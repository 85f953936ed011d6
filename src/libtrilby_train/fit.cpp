// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <optional>
#include <utility>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/trainer.hpp"
#include "base/enum_name.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "libtrilby_train/job.hpp"
#include "libtrilby_train/own_network.hpp"
#include "libtrilby_train/program_host.hpp"
#include "libtrilby_train/run_page.hpp"
#include "libtrilby_train/settings.hpp"
#include "platform/interrupt.hpp"
#include "report/training_view.hpp"
#include "train/run_folder.hpp"
#include "train/run_recorder.hpp"
#include "train/schedule.hpp"

namespace trilby {
namespace {

Epoch to_epoch(const train::EpochEvent& event) {
    return {event.epoch, event.training_loss, measures_of(event.validation), event.learning_rate};
}

RunResult to_result(const train::TrainingResult& result, const train::RunFolder& run) {
    return {.folder = run.path(),
            .checkpoint = run.checkpoint_file(),
            .metric = result.metric,
            .validation = measures_of(result.validation),
            .test = measures_of(result.test),
            .epochs = result.epochs,
            .best_epoch = result.best_epoch.value_or(0),
            .seconds = result.seconds};
}

/// What a program trains, and how.
struct Work {
    backends::OwnParts own;
    train::Recipe recipe;  ///< of a new run
    const train::PreparedData& data;
    const std::vector<std::string>& decisions;
    const std::function<void(const Epoch&)>& on_epoch;
    std::int64_t verify_every;
    bool writes_events;
    train::Saving saving;
};

/// The settings of the command line come last: they were made last.
Result<train::Recipe> recipe_for(const train::Recipe& of_data, const std::string& module,
                                 const Settings& settings, const ProgramOptions& options) {
    train::Recipe recipe = of_data;
    recipe.name = options.program;
    recipe.other.module = module;
    recipe.training.seed = options.seed;
    recipe.training.precision = {};
    constexpr std::string_view in_code = "FitOptions::settings";
    const std::vector<std::string> changes = changes_of(settings);
    TRILBY_CHECK(require_training_settings(changes, in_code));
    TRILBY_CHECK(require_training_settings(options.changes, "--set"));
    TRILBY_TRY(own, train::with_changes(recipe, changes, in_code));
    if (options.epochs) {
        train::set_epochs(own, *options.epochs);
    }
    own.training.batch_size = options.batch_size.value_or(own.training.batch_size);
    return train::with_changes(own, options.changes);
}

/// A resumed run keeps its recipe, which must be for the same kind of data and network.
Result<train::RunFolder> folder_for(const Work& work, const ProgramOptions& options) {
    if (!options.resume) {
        return train::RunFolder::create(work.recipe, options.output);
    }
    TRILBY_TRY(run, train::RunFolder::reopen(*options.resume));
    const train::Recipe& then = run.recipe();
    if (then.other.module != work.recipe.other.module ||
        then.task_name() != work.recipe.task_name()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the run in '{}' is that of a network '{}' for {}; this is '{}' "
                        "for {}",
                        run.path().string(), printable(then.other.module, 64), then.task_name(),
                        work.recipe.other.module, work.recipe.task_name()),
            "resume it with the program that started it");
    }
    return std::move(run);
}

void print_start(const Work& work, const StartedDevice& device, const train::RunFolder& run) {
    const train::Recipe& recipe = run.recipe();
    print("run         {}\nbackend     {}\ndata        {}\n", run.path().string(),
          device.described.backend, work.data.source.string());
    print("training    {} epoch{} in batches of {}, {} with a learning rate of {}\n",
          recipe.training.epochs, recipe.training.epochs == 1 ? "" : "s",
          recipe.training.batch_size, enum_name(recipe.optimizer.kind),
          recipe.optimizer.learning_rate);
    for (const std::vector<std::string>& sentences : {work.decisions, work.data.notes}) {
        for (const std::string& sentence : sentences) {
            print("            {}\n", sentence);
        }
    }
    std::fflush(stdout);
}

/// Trains in the folder of a run that has not ended.
Result<train::TrainingResult> train_in(train::RunFolder& run, const Work& work,
                                       const StartedDevice& device) {
    train::TidyUnlessFinished folder(run);
    platform::InterruptWatch interrupts;
    report::TrainingView view(stdout);
    train::RunRecorder recorder(run, {work.data.baselines, device.described}, work.writes_events);
    ProgramHost host(interrupts, [&](const train::Event& event) -> Result<void> {
        TRILBY_CHECK(recorder.record(event));
        view.show(event);
        if (const auto* epoch = std::get_if<train::EpochEvent>(&event); epoch && work.on_epoch) {
            work.on_epoch(to_epoch(*epoch));
        }
        return {};
    });
    const backends::JobContext context(host.abi(), device.devices);
    // Read again, as a worker reads it: both then compute with the same bits.
    const std::string schema_text = json::serialize(work.data.schema);
    TRILBY_TRY(schema, json::parse_object(schema_text, "schema"));
    TRILBY_TRY(trainer,
               backends::Trainer::make({.recipe = run.recipe(),
                                        .schema = schema_text,
                                        .device = device.torch,
                                        .checkpoint = run.checkpoint_file(),
                                        .resume = run.has_checkpoint(),
                                        .saving = work.saving,
                                        .own = work.own,
                                        .verify_every = work.verify_every},
                                       {schema, work.data.parts, work.data.arrays}, context));
    const auto document = trainer->run();
    view.clear_bar();
    TRILBY_CHECK(host.outcome());
    if (!document) {
        return std::unexpected(document.error());
    }
    TRILBY_TRY(result, train::parse_result(*document));
    TRILBY_CHECK(recorder.end(result));
    folder.finished();
    view.show_result(result, work.data.baselines);
    return result;
}

Result<train::TrainingResult> result_of(train::RunFolder& run, const Work& work,
                                        const StartedDevice& device) {
    TRILBY_TRY(ended, run.result());
    if (ended) {
        print("the run in {} has ended\n", run.path().string());
        return train::parse_result(*ended);
    }
    return train_in(run, work, device);
}

Error with_resume_hint(Error error, const train::RunFolder& run, const ProgramOptions& options) {
    if (error.code == ErrorCode::interrupted && run.can_be_resumed()) {
        const auto with = [](const char* option, const std::optional<std::string>& value) {
            return value ? fmt::format(" {}{}", option, shell_word(*value)) : "";
        };
        error.hint =
            fmt::format("continue with: {}{}{} --resume {}{}{}", shell_word(options.command),
                        with("", options.data), with("--html ", options.html),
                        shell_word(run.path().string()), with("--backend ", options.backend),
                        options.device != 0 ? fmt::format(" --device {}", options.device) : "");
    }
    return error;
}

Result<RunResult> fit(const Work& work, const StartedDevice& device,
                      const ProgramOptions& options) {
    TRILBY_CHECK(start_page(options.html, work.data.source, options.resume));
    TRILBY_TRY(run, folder_for(work, options));
    print_start(work, device, run);
    const auto result = result_of(run, work, device);
    if (!result) {
        return std::unexpected(with_resume_hint(result.error(), run, options));
    }
    const torch::NoGradGuard no_grad;
    work.own.network.module->to(device.torch);
    TRILBY_CHECK(backends::load_weights(run.checkpoint_file(),
                                        backends::state_of(*work.own.network.module)));
    work.own.network.module->eval();
    if (options.html) {
        TRILBY_CHECK(write_page(*options.html, run.path(), work.own.network, device));
    }
    return to_result(*result, run);
}

}  // namespace

RunResult Job::fit_network(Network network, const Dataset& data, const FitOptions& options) {
    if (std::exchange(content_->has_trained, true) && content_->options.resume) {
        throw Exception({ErrorCode::usage,
                         "--resume continues one run, and the program trains another one",
                         "call fit() once in a program whose runs are to be resumed"});
    }
    const Dataset::Content& content = *data.content_;
    backends::Network own = value_of(
        own_network(std::move(network.module), std::move(network.forward), network.inputs, data));
    value_of(require_trainable(*own.module));
    const std::string name = own.module->name();
    const Work work{
        .own = {.network = std::move(own), .loss = options.loss},
        .recipe = value_of(recipe_for(content.recipe, name, options.settings, content_->options)),
        .data = content.data,
        .decisions = content.decisions,
        .on_epoch = options.on_epoch,
        .verify_every = content_->options.verify_every,
        .writes_events = content_->options.writes_events,
        .saving = content_->options.saving};
    return value_of(trilby::fit(work, content_->device, content_->options));
}

}  // namespace trilby
