// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// trilby-fetch: the only program of Trilby that uses the network. `trilby data fetch` executes it.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <string_view>

#include "base/print.hpp"
#include "base/try.hpp"
#include "fetch/console.hpp"
#include "fetch/fetch.hpp"
#include "fetch/folder_url.hpp"
#include "platform/interrupt.hpp"
#include "platform/process.hpp"
#include "report/error.hpp"

namespace {

using namespace trilby;

struct Arguments {
    std::string name;
    std::string folder;
    std::string url_base;
    bool as_json = false;
};

Result<std::filesystem::path> target_folder(const Arguments& arguments,
                                            const train::Dataset& dataset) {
    if (!arguments.folder.empty()) {
        return arguments.folder;
    }
    std::filesystem::path folder = train::fetched_dataset_folder(dataset);
    if (folder.empty()) {
        return failure(ErrorCode::cannot_create, "there is no home folder to fetch into",
                       "give a folder with --data");
    }
    return folder;
}

Result<void> fetch_and_show(const Arguments& arguments, fetch::Console& console) {
    TRILBY_TRY(dataset, train::find_dataset(arguments.name));
    TRILBY_TRY(folder, target_folder(arguments, *dataset));
    const std::string url_base =
        arguments.url_base.empty() ? std::string(dataset->source_url) : arguments.url_base;
    TRILBY_TRY(folder_url, fetch::parse_folder_url(url_base));
    platform::InterruptWatch interrupts;
    fetch::FetchOptions options{.folder = folder, .folder_url = folder_url};
    options.download.interrupts = &interrupts;
    options.download.on_progress = [&](const train::DatasetFile& file, std::uint64_t bytes) {
        console.show_progress(file, bytes);
    };
    options.on_file = [&](const fetch::FileReport& report) {
        console.clear_progress();
        if (!arguments.as_json) {
            print("{}\n", fetch::file_line(report));
            std::fflush(stdout);
        }
    };
    TRILBY_TRY(reports, fetch::fetch_dataset(*dataset, options));
    if (arguments.as_json) {
        print(json_text(fetch::to_json(*dataset, folder, reports)));
    } else {
        print("{} is in {}\n", dataset->name, folder);
    }
    return {};
}

/// Parses the command line and fetches; returns the exit code.
int run(int argc, char** argv, Arguments& arguments) {
    CLI::App parser("Fetches a data set; started by 'trilby data fetch'.", "trilby-fetch");
    parser.add_option("name", arguments.name)->required();
    parser.add_option("--data", arguments.folder);
    parser.add_option("--url-base", arguments.url_base);
    parser.add_flag("--json", arguments.as_json);
    try {
        parser.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        print(SafeText::lines(parser.help()));
        return 0;
    } catch (const CLI::ParseError& error) {
        return report::print_error({ErrorCode::usage, error.what(), "see 'trilby data --help'"},
                                   arguments.as_json);
    }
    fetch::Console console(platform::terminal_of(2));
    const auto done = fetch_and_show(arguments, console);
    console.clear_progress();
    return done ? 0 : report::print_error(done.error(), arguments.as_json);
}

}  // namespace

int main(int argc, char** argv) {
    platform::prepare_process();
    Arguments arguments;
    // Also for an error before the arguments are parsed.
    arguments.as_json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
    const auto program = [&] { return run(argc, argv, arguments); };
    const auto report = [&](const Error& error) {
        return report::print_error(error, arguments.as_json);
    };
    return platform::run_to_end(std::ref(program), std::ref(report));
}
