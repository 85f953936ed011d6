// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/program_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <limits>

#include "base/backends.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include <trilby/result.hpp>

namespace trilby {
namespace {

CLI::Validator whole_number(std::int64_t least, std::int64_t most, const std::string& range) {
    return {[=](const std::string& text) {
                const auto number = parse_number<std::int64_t>(text);
                return number && *number >= least && *number <= most
                           ? std::string()
                           : fmt::format("expected a whole number {}, not '{}'", range,
                                         printable(text, 64));
            },
            ""};
}

CLI::Validator at_least(std::int64_t least) {
    return whole_number(least, std::numeric_limits<std::int64_t>::max(),
                        fmt::format("of at least {}", least));
}

CLI::Validator between(std::int64_t least, std::int64_t most) {
    return whole_number(least, most, fmt::format("from {} to {}", least, most));
}

void add_options(CLI::App& app, ProgramOptions& options) {
    app.add_option("DATA", options.data, "File or folder with the data to train on");
    CLI::Option* epochs =
        app.add_option("--epochs", options.epochs, "Passes over the training data")
            ->check(at_least(1))
            ->type_name("N");
    CLI::Option* batch = app.add_option("--batch-size", options.batch_size, "Examples in a step")
                             ->check(at_least(1))
                             ->type_name("N");
    CLI::Option* set =
        app.add_option("--set", options.changes,
                       "Change a setting of training, optimizer or schedule; may be repeated")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
    CLI::Option* seed = app.add_option("--seed", options.seed, "Seed of everything random")
                            ->check(at_least(0))
                            ->type_name("N")
                            ->capture_default_str();
    app.add_option("--verify", options.verify_every,
                   "Compute every N-th step twice and stop if the device gives other bits")
        ->check(at_least(1))
        ->type_name("N");
    app.add_option("--html", options.html,
                   "Also write a report as one page: result, curves, errors and samples")
        ->type_name("FILE");
    app.add_flag("--tensorboard", options.writes_events,
                 "Also write an event file for TensorBoard into the folder of the run");
    app.add_option("--save-every", options.saving.interval_s,
                   "Save a checkpoint at least this often, besides after each epoch")
        ->check(at_least(1))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--keep-checkpoints", options.saving.checkpoints,
                   "Checkpoints to keep: the newest, and those before it in case it is damaged")
        ->check(between(1, train::most_checkpoints))
        ->type_name("N")
        ->capture_default_str();
    CLI::Option* output = app.add_option("--output", options.output, "Folder for the run")
                              ->type_name("DIR")
                              ->default_str("runs/PROGRAM-N");
    app.add_option("--resume", options.resume, "Continue the run in this folder, as it was started")
        ->type_name("DIR")
        ->excludes(epochs, batch, set, seed, output);
    app.add_option("--backend", options.backend, "Backend to use: " + backend_names())
        ->type_name("BACKEND");
    app.add_option("--device", options.device, "Device of the backend, counted from 0")
        ->check(at_least(0))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--threads", options.threads, "CPU threads")
        ->check(at_least(1))
        ->type_name("N")
        ->default_str("every usable CPU");
}

}  // namespace

std::string program_name(int argc, const char* const* argv) {
    return argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "program";
}

ProgramOptions parse_command_line(int argc, const char* const* argv) {
    ProgramOptions options;
    options.command = argc > 0 ? argv[0] : "program";
    options.program = program_name(argc, argv);
    CLI::App app("Trains a network on your data", options.program);
    add_options(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        print(SafeText::lines(app.help()));
        std::exit(0);
    } catch (const CLI::ParseError& error) {
        print_to(stderr, "{}: error: {}\n{}: hint: '{} --help' lists the options\n",
                 options.program, error.what(), options.program, options.program);
        std::exit(static_cast<int>(ErrorCode::usage));
    }
    return options;
}

}  // namespace trilby
