// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <memory>
#include <string>

#include "base/print.hpp"
#include "base/write_json.hpp"
#include "cli/command.hpp"
#include "cli/output_style.hpp"
#include "pt2/summary.hpp"
#include "report/error.hpp"
#include "report/model_text.hpp"
#include "tensors/describe.hpp"
#include "train/run_files.hpp"

namespace trilby::cli {
namespace {

struct InspectOptions {
    std::string path;
    bool as_json = false;
    bool shows_all = false;
};

/// A run has earlier checkpoints too. As for other commands, the last one stands for the run.
std::filesystem::path model_at(const std::filesystem::path& path) {
    const std::filesystem::path checkpoint = path / train::checkpoint_name;
    return train::has_entry(checkpoint) ? checkpoint : path;
}

int run(const InspectOptions& options) {
    const auto model = pt2::summarize(model_at(options.path));
    if (!model) {
        return report::print_error(model.error(), options.as_json);
    }
    print(options.as_json
              ? SafeText::lines(json::document_text(*model))
              : report::to_text(*model, output_style(),
                                options.shows_all ? report::Extent::all : report::Extent::few));
    return 0;
}

}  // namespace

Command inspect_command(CLI::App& trilby) {
    auto options = std::make_shared<InspectOptions>();
    CLI::App* parser = trilby.add_subcommand(
        "inspect", "Show what is in a model file: tensors, types, sizes and metadata");
    parser
        ->add_option(
            "FILE", options->path,
            "Safetensors file, index of several such files, folder with one of them, folder of a "
            "run, or file of torch.save() or torch.export.save()")
        ->required();
    parser->add_flag("--all", options->shows_all,
                     "Show every tensor, file and entry of the metadata, however many");
    parser->add_flag("--json", options->as_json, "Print one JSON document");
    return {parser, [options] { return run(*options); }};
}

}  // namespace trilby::cli
