// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/predictions_output.hpp"
#include "cli/trained_run_options.hpp"
#include "install/version.hpp"
#include "platform/atomic_file.hpp"
#include "report/error.hpp"
#include "report/report_files.hpp"
#include "report/run_html.hpp"
#include "train/own_data.hpp"
#include "train/run_folder.hpp"
#include "train/samples.hpp"
#include "train/text/generation.hpp"

namespace trilby::cli {
namespace {

struct EvaluateOptions : TrainedRunOptions {
    std::optional<std::string> path;
    std::optional<std::string> data;
    std::optional<std::string> html;
};

/// What to evaluate on, and the part of the run's own data that this is.
struct Chosen {
    train::PreparedData data;
    std::string part = "given";
};

Result<Chosen> data_with_targets(const train::TrainedRun& run, const EvaluateOptions& options) {
    if (!options.path) {
        TRILBY_TRY(data, train::own_data(run, options.data));
        TRILBY_TRY(part, train::hold_out(data));
        return Chosen{std::move(data), std::move(part)};
    }
    TRILBY_TRY(data, train::prepare_evaluation(run.recipe, run.schema, *options.path));
    if (!data.has_targets) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' does not say what is true{}{}", *options.path,
                                   data.notes.empty() ? "" : ": ",
                                   data.notes.empty() ? "" : data.notes.front()),
                       "predictions without the truth are made by 'trilby predict'");
    }
    print_notes(data.notes);
    return Chosen{std::move(data)};
}

struct PreparedEvaluation : RunAndData {
    std::string part;
    report::RunMachine machine;
};

/// The files that the report must not replace.
std::vector<std::filesystem::path> input_files(const train::TrainedRun& run,
                                               const train::PreparedData& data) {
    const std::filesystem::path folder = run.checkpoint.parent_path();
    std::vector<std::filesystem::path> files{run.checkpoint, data.source};
    for (const char* name : train::run_file_names) {
        files.push_back(folder / name);
    }
    return files;
}

/// A file that cannot be written is reported before anything is computed.
Result<void> start_report(const EvaluateOptions& options, const PreparedEvaluation& prepared) {
    if (!options.html) {
        return {};
    }
    const std::vector<report::ReportFile> reports{{*options.html, report::unfinished_run_html()}};
    TRILBY_CHECK(report::check_reports(reports, input_files(prepared.run, prepared.data)));
    return report::start_reports(reports);
}

Result<PreparedEvaluation> prepare(const EvaluateOptions& options,
                                   platform::InterruptWatch& interrupts) {
    TRILBY_TRY(run, train::TrainedRun::open(options.run));
    TRILBY_TRY(chosen, data_with_targets(run, options));
    TRILBY_TRY(backend, choose_backend(options.computing.backend));
    train::SessionOptions session = session_options(options, backend, interrupts);
    report::RunMachine machine{std::move(backend.machine), std::move(backend.name),
                               std::move(backend.libtorch), session.device, session.threads};
    PreparedEvaluation prepared{{std::move(run), std::move(chosen.data), std::move(session)},
                                std::move(chosen.part),
                                std::move(machine)};
    TRILBY_CHECK(start_report(options, prepared));
    return prepared;
}

Result<train::Evaluation> evaluation_of(const PreparedEvaluation& prepared,
                                        const train::Outputs& outputs) {
    train::Evaluation evaluation{.examples = outputs.result.rows,
                                 .part = prepared.part,
                                 .metric = outputs.result.metric,
                                 .metrics = outputs.result.metrics,
                                 .baselines = prepared.data.baselines};
    TRILBY_CHECK(
        train::add_reports(prepared.run.recipe, prepared.data, outputs.numbers(), evaluation));
    return evaluation;
}

/// Some text of the network, if the run is on text.
worker::Answer<std::string> written_text(const PreparedEvaluation& prepared) {
    std::string text;
    if (!std::holds_alternative<train::text::Settings>(prepared.run.recipe.task)) {
        return text;
    }
    TRILBY_CHECK(train::text::generate(prepared.run, "\n", {}, prepared.session,
                                       [&](std::string_view characters) { text += characters; }));
    return text;
}

Result<void> write_report(const std::filesystem::path& file, PreparedEvaluation& prepared,
                          const train::Outputs& outputs, const train::Evaluation& evaluation,
                          std::string generated) {
    TRILBY_TRY(samples,
               train::choose_samples(prepared.run.recipe, prepared.data, outputs.numbers()));
    samples.generated = std::move(generated);
    const report::RunReport report{.checkpoint = prepared.run.checkpoint.string(),
                                   .data = prepared.data.source.string(),
                                   .recipe = prepared.run.recipe,
                                   .history = train::read_history(prepared.run.checkpoint),
                                   .evaluation = evaluation,
                                   .samples = std::move(samples),
                                   .machine = std::move(prepared.machine),
                                   .program_version = version};
    return platform::write_file_atomically(file, report::to_html(report));
}

/// Returns the exit code.
int report_in_html(const EvaluateOptions& options, PreparedEvaluation& prepared,
                   const train::Outputs& outputs, const train::Evaluation& evaluation) {
    auto generated = written_text(prepared);
    if (!generated) {
        return report_worker_failure(generated.error(), false);  // the document is printed
    }
    const auto written =
        write_report(*options.html, prepared, outputs, evaluation, std::move(*generated));
    return written ? 0 : report::print_error(written.error(), false);
}

int run_evaluate(const EvaluateOptions& options) {
    platform::InterruptWatch interrupts;
    auto prepared = prepare(options, interrupts);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    const auto outputs = train::compute_outputs(prepared->run, prepared->data, prepared->session);
    if (!outputs) {
        return report_worker_failure(outputs.error(), options.as_json);
    }
    const auto evaluation = evaluation_of(*prepared, *outputs);
    if (!evaluation) {
        return report::print_error(evaluation.error(), options.as_json);
    }
    print(options.as_json ? json_text(evaluation_json(*evaluation)) : evaluation_text(*evaluation));
    return options.html ? report_in_html(options, *prepared, *outputs, *evaluation) : 0;
}

}  // namespace

Command evaluate_command(CLI::App& trilby) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* parser = trilby.add_subcommand("evaluate", "Show where a trained network is wrong");
    add_trained_run_options(*parser, *options);
    parser->add_option(
        "PATH", options->path,
        "Data with the truth, instead of the test part of the run's own data, or of the "
        "validation part if there is no test part");
    parser->add_option("--data", options->data, "Folder with the files of the run's known data set")
        ->type_name("DIR");
    parser
        ->add_option("--html", options->html,
                     "Also write a report as one page: result, curves of the training, errors and "
                     "samples")
        ->type_name("FILE");
    return {parser, [options] { return run_evaluate(*options); }};
}

}  // namespace trilby::cli
