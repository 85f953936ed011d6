// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <vector>

#include "cli/command.hpp"
#include "cli/publications.hpp"
#include "report/error.hpp"
#include "train/model_catalog.hpp"

namespace trilby::cli {
namespace {

int run_list(const FetchOptions& options) {
    std::vector<ListedPublication> listed;
    for (const train::Publication& model : train::models()) {
        listed.push_back({model, train::locate_model(model)});
    }
    return list_publications(train::model_kind, listed, options.as_json);
}

int run_fetch(const FetchOptions& options) {
    const auto model = train::find_model(options.name);
    return model ? start_fetch(train::model_kind, **model, options)
                 : report::print_error(model.error(), options.as_json);
}

}  // namespace

Command model_command(CLI::App& trilby) {
    auto options = std::make_shared<FetchOptions>();
    CLI::App* parser = trilby.add_subcommand("model", "List and download pretrained models");
    parser->require_subcommand(1);

    CLI::App* list = parser->add_subcommand("list", "Show the known models and where they are");
    list->add_flag("--json", options->as_json, "Print one JSON document");

    CLI::App* fetch = parser->add_subcommand(
        "fetch", "Download a model from its publisher and verify it; continues where it stopped");
    fetch->add_option("MODEL", options->name, "Model, such as resnet18")->required();
    fetch
        ->add_option("--from-file", options->from_file,
                     "Copy of the publisher's file to verify and use instead of a download")
        ->type_name("FILE");
    add_fetch_options(*fetch, *options, "--output");
    fetch->get_option("--from-file")->excludes(fetch->get_option("--url-base"));

    return {parser,
            [options, list] { return list->parsed() ? run_list(*options) : run_fetch(*options); }};
}

}  // namespace trilby::cli
