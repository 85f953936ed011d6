// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>

#include "base/enum_name.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/job_options.hpp"
#include "cli/option_text.hpp"
#include "cli/trained_run_options.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "train/export_run.hpp"

namespace trilby::cli {
namespace {

using train::ExportFormat;

struct ExportOptions {
    std::string run;
    std::string format;
    std::string output;
};

/// The format that the user asks for, else the one that the file's name says.
Result<ExportFormat> format_of(const ExportOptions& options) {
    const std::string ending = std::filesystem::path(options.output).extension().string();
    const std::string wanted = !options.format.empty() ? options.format
                               : ending.empty()        ? "safetensors"
                                                       : ending.substr(1);
    const auto format = enum_named<ExportFormat>(wanted);
    if (!format) {
        return failure(
            ErrorCode::usage,
            fmt::format("a name that ends in '{}' does not say the format", printable(ending, 40)),
            "add --to safetensors, --to pt, --to pt2 or --to onnx");
    }
    return *format;
}

/// The file that the user names, or one in the current folder that is named like the run.
std::filesystem::path file_of(const ExportOptions& options, ExportFormat format) {
    if (!options.output.empty()) {
        return options.output;
    }
    const auto run = std::filesystem::absolute(options.run).lexically_normal();
    const auto name = (run.has_filename() ? run : run.parent_path()).filename();
    return fmt::format("{}.{}", name.string(), enum_name(format));
}

int run_export(const ExportOptions& options) {
    const auto format = format_of(options);
    if (!format) {
        return report::print_error(format.error(), /*as_json=*/false);
    }
    platform::InterruptWatch interrupts;
    const auto file = train::export_run(options.run, *format, file_of(options, *format), [&] {
        return session_options(TrainedRunOptions(), interrupts);
    });
    if (!file) {
        return report_worker_failure(file.error(), /*as_json=*/false);
    }
    print("wrote       {}\ntensors     {}\nweights     {}\n", file->path.string(), file->tensors,
          file->weights);
    return 0;
}

}  // namespace

Command export_command(CLI::App& trilby) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* parser = trilby.add_subcommand(
        "export", "Write the trained network of a run as a file for other programs");
    parser->add_option("RUN", options->run, "Folder of a run, or a checkpoint")->required();
    parser
        ->add_option("--to", options->format,
                     "Format: safetensors, pt (a state dict), pt2 (an exported model with its "
                     "trained weights) or onnx")
        ->check(one_of({"safetensors", "pt", "pt2", "onnx"}))
        ->type_name("FORMAT")
        ->default_str("by the name of the file, else safetensors");
    parser->add_option("--output", options->output, "File to write")
        ->type_name("FILE")
        ->default_str("RUN.FORMAT");
    return {parser, [options] { return run_export(*options); }};
}

}  // namespace trilby::cli
