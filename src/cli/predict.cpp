// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/predictions_output.hpp"
#include "cli/trained_run_options.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

struct Options : TrainedRunOptions {
    std::vector<std::string> files;
};

/// The files of the command line; standard input if there are none and it is not a terminal.
Result<std::vector<std::filesystem::path>> inputs(const Options& options) {
    if (options.files.empty() && ::isatty(STDIN_FILENO) == 1) {
        return failure(ErrorCode::usage, "there is nothing to predict",
                       "give files, or rows on standard input");
    }
    if (options.files.empty()) {
        return std::vector<std::filesystem::path>{"-"};
    }
    return std::vector<std::filesystem::path>(options.files.begin(), options.files.end());
}

struct Prepared {
    train::TrainedRun run;
    train::PreparedData data;
    train::SessionOptions session;
};

Result<Prepared> prepare(const Options& options, platform::InterruptWatch& interrupts) {
    TRILBY_TRY(run, train::TrainedRun::open(options.run));
    TRILBY_TRY(files, inputs(options));
    TRILBY_TRY(data, train::prepare_inputs(run.recipe, run.schema, files));
    TRILBY_TRY(session, session_options(options, interrupts));
    return Prepared{std::move(run), std::move(data), std::move(session)};
}

int run_predict(const Options& options) {
    platform::InterruptWatch interrupts;
    auto prepared = prepare(options, interrupts);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    for (const std::string& note : prepared->data.notes) {
        print_to(stderr, "trilby: note: {}\n", note);
    }
    const auto outputs = train::compute_outputs(prepared->run, prepared->data, prepared->session);
    if (!outputs) {
        return report_worker_failure(outputs.error(), options.as_json);
    }
    const auto predictions =
        train::to_predictions(prepared->run.recipe, prepared->data, outputs->numbers());
    if (!predictions) {
        return report::print_error(predictions.error(), options.as_json);
    }
    print(options.as_json ? json_text(predictions_json(*predictions))
                          : predictions_csv(*predictions));
    return 0;
}

}  // namespace

Command predict_command(CLI::App& trilby) {
    auto options = std::make_shared<Options>();
    CLI::App* parser = trilby.add_subcommand("predict", "Say what a trained network predicts");
    add_trained_run_options(*parser, *options);
    parser->add_option("FILES", options->files,
                       "Images, tables or series to predict; '-' is standard input");
    return {parser, [options] { return run_predict(*options); }};
}

}  // namespace trilby::cli
