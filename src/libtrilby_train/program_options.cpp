// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/program_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "base/backends.hpp"
#include "base/print.hpp"
#include <trilby/result.hpp>

namespace trilby {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

void add_options(CLI::App& app, ProgramOptions& options) {
    app.add_option("DATA", options.data, "File or folder with the data to train on");
    app.add_option("--epochs", options.epochs, "Passes over the training data")
        ->check(CLI::Range(std::int64_t{1}, most))
        ->type_name("N");
    app.add_option("--batch-size", options.batch_size, "Examples in a step")
        ->check(CLI::Range(std::int64_t{1}, most))
        ->type_name("N");
    app.add_option("--set", options.changes, "Change a setting of the recipe; may be repeated")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    app.add_option("--seed", options.seed, "Seed of everything random")
        ->check(CLI::Range(std::int64_t{0}, most))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--output", options.output, "Folder for the run")
        ->type_name("DIR")
        ->default_str("runs/PROGRAM-N");
    app.add_option("--resume", options.resume, "Continue the run in this folder")->type_name("DIR");
    app.add_option("--backend", options.backend, "Backend to use: " + backend_names())
        ->type_name("BACKEND");
    app.add_option("--device", options.device, "Device of the backend, counted from 0")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1024}))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--threads", options.threads, "CPU threads")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{4096}))
        ->type_name("N")
        ->default_str("every usable CPU");
}

}  // namespace

ProgramOptions parse_command_line(int argc, const char* const* argv) {
    ProgramOptions options;
    options.command = argc > 0 ? argv[0] : "program";
    options.program = std::filesystem::path(options.command).filename().string();
    CLI::App app("Trains a network on your data", options.program);
    add_options(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        print("{}", app.help());
        std::exit(0);
    } catch (const CLI::ParseError& error) {
        print_to(stderr, "{}: error: {}\n{}: hint: '{} --help' lists the options\n",
                 options.program, error.what(), options.program, options.program);
        std::exit(static_cast<int>(ErrorCode::usage));
    }
    return options;
}

}  // namespace trilby
