// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <memory>
#include <optional>
#include <vector>

#include "base/json.hpp"
#include "base/print.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "base/write_json.hpp"
#include "cli/command.hpp"
#include "cli/output_style.hpp"
#include "data/describe.hpp"
#include "install/folders.hpp"
#include "platform/command.hpp"
#include "report/data_text.hpp"
#include "report/error.hpp"
#include "report/layout.hpp"
#include "train/dataset_catalog.hpp"

namespace trilby::cli {
namespace {

struct Options {
    std::string name;
    std::string folder;
    std::string url_base;
    std::string path;
    bool as_json = false;
    bool shows_all = false;
};

std::uint64_t download_bytes(const train::Dataset& dataset) {
    std::uint64_t total = 0;
    for (const train::DatasetFile& file : dataset.files) {
        total += file.size_bytes;
    }
    return total;
}

json::array files_json(const train::Dataset& dataset) {
    json::array files;
    for (const train::DatasetFile& file : dataset.files) {
        files.push_back(
            {{"name", file.name}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    }
    return files;
}

std::string file_names(const train::Dataset& dataset) {
    std::string out;
    for (const train::DatasetFile& file : dataset.files) {
        out += (out.empty() ? "" : ", ") + std::string(file.name);
    }
    return out;
}

json::object to_json(const train::Dataset& dataset, const Result<std::filesystem::path>& folder) {
    return {{"name", dataset.name},
            {"summary", dataset.summary},
            {"licence", dataset.license},
            {"source", dataset.source_url},
            {"download_bytes", download_bytes(dataset)},
            {"files", files_json(dataset)},
            {"folder", folder ? json::value(folder->string()) : json::value(nullptr)}};
}

SafeText to_text(const train::Dataset& dataset, const Result<std::filesystem::path>& folder,
                 const report::Style& style) {
    const std::string where =
        folder ? folder->string() : "not on this machine; get it with " + folder.error().hint;
    return report::bold(dataset.name, style) + "\n" +
           report::row("  what", dataset.summary, style) + report::row("  where", where, style) +
           report::row("  files", file_names(dataset), style) +
           report::row("  source",
                       fmt::format("{} ({}, license {})", dataset.source_url,
                                   format_bytes(download_bytes(dataset)), dataset.license),
                       style);
}

int run_list(const Options& options) {
    json::array documents;
    for (const train::Dataset& dataset : train::datasets()) {
        const auto folder = train::locate_dataset(dataset, std::nullopt);
        if (!folder && folder.error().code == ErrorCode::io) {
            return report::print_error(folder.error(), options.as_json);
        }
        if (options.as_json) {
            documents.push_back(to_json(dataset, folder));
        } else {
            print(to_text(dataset, folder, output_style()));
        }
    }
    if (options.as_json) {
        print(json_text({{"schema", 1}, {"datasets", std::move(documents)}}));
    }
    return 0;
}

Result<std::filesystem::path> locate(const std::string& name) {
    TRILBY_TRY(dataset, train::find_dataset(name));
    return train::locate_dataset(*dataset, std::nullopt);
}

int run_path(const Options& options) {
    const auto folder = locate(options.name);
    if (!folder) {
        return report::print_error(folder.error(), false);
    }
    print("{}\n", folder->string());
    return 0;
}

Result<void> show(const Options& options) {
    TRILBY_TRY(summary, data::summarize(options.path));
    print(options.as_json
              ? SafeText::lines(json::document_text(summary))
              : report::to_text(summary, output_style(),
                                options.shows_all ? report::Extent::all : report::Extent::few));
    return {};
}

int run_show(const Options& options) {
    const auto shown = show(options);
    return shown ? 0 : report::print_error(shown.error(), options.as_json);
}

std::vector<std::string> fetch_arguments(const Options& options) {
    std::vector<std::string> arguments{options.name};
    if (!options.folder.empty()) {
        arguments.push_back("--data=" + options.folder);
    }
    if (!options.url_base.empty()) {
        arguments.push_back("--url-base=" + options.url_base);
    }
    if (options.as_json) {
        arguments.emplace_back("--json");
    }
    return arguments;
}

/// Executes trilby-fetch, so that no other command loads the network's libraries.
int run_fetch(const Options& options) {
    // Checked here, so that a misspelled name is reported even without trilby-fetch.
    if (const auto known = train::find_dataset(options.name); !known) {
        return report::print_error(known.error(), options.as_json);
    }
    const auto program = install::layout().libexec_folder / "trilby-fetch";
    Error why = platform::replace_process({program, fetch_arguments(options)});
    std::error_code ignored;
    if (!std::filesystem::exists(program, ignored)) {
        why.hint =
            "this installation was built without downloads; copy the files into a folder and "
            "pass it to 'trilby train --data'";
    }
    return report::print_error(why, options.as_json);
}

}  // namespace

Command data_command(CLI::App& trilby) {
    auto options = std::make_shared<Options>();
    CLI::App* parser =
        trilby.add_subcommand("data", "Show your own data; list, locate and download data sets");
    parser->require_subcommand(1);

    CLI::App* list = parser->add_subcommand("list", "Show the known data sets and where they are");
    list->add_flag("--json", options->as_json, "Print one JSON document");

    CLI::App* show = parser->add_subcommand(
        "show", "Print what is understood of your own data: columns, types, ranges, classes");
    show->add_option("PATH", options->path,
                     "Table or series (CSV), text, folder with one folder of images per class, or "
                     "folder of IDX files")
        ->required();
    show->add_flag("--all", options->shows_all, "Show every column or class, however many");
    show->add_flag("--json", options->as_json, "Print one JSON document");

    CLI::App* path = parser->add_subcommand("path", "Print the folder of a data set");
    path->add_option("DATASET", options->name, "Data set, such as fashion-mnist")->required();

    CLI::App* fetch = parser->add_subcommand(
        "fetch",
        "Download a data set from its publisher and verify it; continues where it stopped");
    fetch->add_option("DATASET", options->name, "Data set, such as fashion-mnist")->required();
    fetch
        ->add_option("--data", options->folder,
                     "Folder to download to, instead of the user's data folder")
        ->type_name("DIR");
    fetch
        ->add_option("--url-base", options->url_base,
                     "HTTPS folder to download from instead of the publisher's, such as a mirror")
        ->type_name("URL");
    fetch->add_flag("--json", options->as_json, "Print one JSON document at the end");

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
