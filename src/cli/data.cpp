// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <optional>
#include <vector>

#include "base/print.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "cli/command.hpp"
#include "cli/output_style.hpp"
#include "cli/publications.hpp"
#include "data/describe.hpp"
#include "report/data_text.hpp"
#include "report/error.hpp"
#include "train/dataset_catalog.hpp"

namespace trilby::cli {
namespace {

struct DataOptions {
    FetchOptions fetch;
    std::string path;
    bool shows_all = false;
};

int run_list(const DataOptions& options) {
    std::vector<ListedPublication> listed;
    for (const train::Dataset& dataset : train::datasets()) {
        listed.push_back({dataset, train::locate_dataset(dataset, std::nullopt)});
    }
    return list_publications(train::dataset_kind, listed, options.fetch.as_json);
}

Result<std::filesystem::path> locate(const std::string& name) {
    TRILBY_TRY(dataset, train::find_dataset(name));
    return train::locate_dataset(*dataset, std::nullopt);
}

int run_path(const DataOptions& options) {
    const auto folder = locate(options.fetch.name);
    if (!folder) {
        return report::print_error(folder.error(), false);
    }
    print("{}\n", folder->string());
    return 0;
}

Result<void> show(const DataOptions& options) {
    TRILBY_TRY(summary, data::summarize(options.path));
    print(options.fetch.as_json
              ? SafeText::lines(json::document_text(summary))
              : report::to_text(summary, output_style(),
                                options.shows_all ? report::Extent::all : report::Extent::few));
    return {};
}

int run_show(const DataOptions& options) {
    const auto shown = show(options);
    return shown ? 0 : report::print_error(shown.error(), options.fetch.as_json);
}

int run_fetch(const DataOptions& options) {
    // Checked here, so that a misspelled name is reported even without trilby-fetch.
    const auto dataset = train::find_dataset(options.fetch.name);
    return dataset ? start_fetch(train::dataset_kind, **dataset, options.fetch)
                   : report::print_error(dataset.error(), options.fetch.as_json);
}

}  // namespace

Command data_command(CLI::App& trilby) {
    auto options = std::make_shared<DataOptions>();
    CLI::App* parser =
        trilby.add_subcommand("data", "Show your own data; list, locate and download data sets");
    parser->require_subcommand(1);

    CLI::App* list = parser->add_subcommand("list", "Show the known data sets and where they are");
    list->add_flag("--json", options->fetch.as_json, "Print one JSON document");

    CLI::App* show = parser->add_subcommand(
        "show", "Print what is understood of your own data: columns, types, ranges, classes");
    show->add_option("PATH", options->path,
                     "Table or series (CSV), text, folder with one folder of images per class, or "
                     "folder of IDX files")
        ->required();
    show->add_flag("--all", options->shows_all, "Show every column or class, however many");
    show->add_flag("--json", options->fetch.as_json, "Print one JSON document");

    CLI::App* path = parser->add_subcommand("path", "Print the folder of a data set");
    path->add_option("DATASET", options->fetch.name, "Data set, such as fashion-mnist")->required();

    CLI::App* fetch = parser->add_subcommand(
        "fetch",
        "Download a data set from its publisher and verify it; continues where it stopped");
    fetch->add_option("DATASET", options->fetch.name, "Data set, such as fashion-mnist")
        ->required();
    add_fetch_options(*fetch, options->fetch, "--data");

    return {parser, [options, list, show, path] {
                if (list->parsed()) {
                    return run_list(*options);
                }
                if (show->parsed()) {
                    return run_show(*options);
                }
                return path->parsed() ? run_path(*options) : run_fetch(*options);
            }};
}

}  // namespace trilby::cli
