// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/predictions_output.hpp"
#include "cli/trained_run_options.hpp"
#include "platform/standard_input.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

struct PredictOptions : TrainedRunOptions {
    std::vector<std::string> files;
};

/// Where to predict for: files, or standard input if there are none and it is not a terminal.
struct Inputs {
    std::vector<std::filesystem::path> files;
    std::optional<platform::StandardInput> standard_input = {};  ///< one of the files
};

Result<Inputs> find_inputs(const PredictOptions& options) {
    if (options.files.empty() && ::isatty(STDIN_FILENO) == 1) {
        return failure(ErrorCode::usage, "there is nothing to predict",
                       "give files, or rows on standard input");
    }
    Inputs inputs;
    const std::vector<std::string> typed =
        options.files.empty() ? std::vector<std::string>{"-"} : options.files;
    for (const std::string& file : typed) {
        if (file == "-" && !inputs.standard_input) {
            TRILBY_TRY(read, platform::StandardInput::read());
            inputs.standard_input = std::move(read);
        }
        inputs.files.push_back(file == "-" ? inputs.standard_input->path()
                                           : std::filesystem::path(file));
    }
    return inputs;
}

/// Rows from standard input have the name that it has on the command line, not its path.
void name_standard_input(train::PreparedData& data, const Inputs& inputs) {
    if (inputs.standard_input) {
        std::ranges::replace(data.names, inputs.standard_input->path().string(), std::string("-"));
    }
}

/// People know standard input by another name than its path.
Error named(Error error, const Inputs& inputs) {
    if (inputs.standard_input) {
        const std::string path = fmt::format("'{}'", inputs.standard_input->path().string());
        if (const std::size_t at = error.message.find(path); at != std::string::npos) {
            error.message.replace(at, path.size(), "standard input");
        }
    }
    return error;
}

Result<RunAndData> prepare(const PredictOptions& options, platform::InterruptWatch& interrupts) {
    TRILBY_TRY(run, train::TrainedRun::open(options.run));
    TRILBY_TRY(inputs, find_inputs(options));
    auto data = train::prepare_inputs(run.recipe, run.schema, inputs.files);
    if (!data) {
        return std::unexpected(named(std::move(data.error()), inputs));
    }
    name_standard_input(*data, inputs);
    TRILBY_TRY(session, session_options(options, interrupts));
    return RunAndData{std::move(run), std::move(*data), std::move(session)};
}

int run_predict(const PredictOptions& options) {
    platform::InterruptWatch interrupts;
    auto prepared = prepare(options, interrupts);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    print_notes(prepared->data.notes);
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
    auto options = std::make_shared<PredictOptions>();
    CLI::App* parser = trilby.add_subcommand("predict", "Say what a trained network predicts");
    add_trained_run_options(*parser, *options);
    parser->add_option("FILES", options->files,
                       "Images, tables, series or a text to predict; '-' is standard input");
    return {parser, [options] { return run_predict(*options); }};
}

}  // namespace trilby::cli
