// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// trilby-fetch: the only program of Trilby that uses the network. `trilby data fetch` and `trilby
/// model fetch` execute it. `trilby train` starts it as `trilby-fetch report`, with a socket as
/// descriptor 3, and it prints one line if the statuses that it gets there cannot be posted.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <string_view>

#include "base/print.hpp"
#include "base/try.hpp"
#include "fetch/console.hpp"
#include "fetch/fetch.hpp"
#include "fetch/folder_url.hpp"
#include "fetch/status_relay.hpp"
#include "fetch/status_server.hpp"
#include "platform/interrupt.hpp"
#include "platform/process.hpp"
#include "report/error.hpp"
#include "train/dataset_catalog.hpp"
#include "train/model_catalog.hpp"

namespace {

using namespace trilby;

struct Arguments {
    std::string command;  ///< of a PublicationKind
    std::string name;
    std::string folder;
    std::string url_base;
    std::string from_file;
    bool as_json = false;
};

struct Wanted {
    const train::PublicationKind& kind;
    const train::Publication& publication;
    std::filesystem::path folder;
    std::string without_network;  ///< how to get the files otherwise
};

Result<std::filesystem::path> target_folder(const Arguments& arguments,
                                            const train::PublicationKind& kind,
                                            const train::Publication& publication) {
    if (!arguments.folder.empty()) {
        return arguments.folder;
    }
    std::filesystem::path folder = train::fetched_folder(kind, publication);
    if (folder.empty()) {
        return failure(
            ErrorCode::cannot_create, "there is no home folder to download to",
            fmt::format("give a folder, as 'trilby {} fetch --help' explains", kind.command));
    }
    return folder;
}

Result<Wanted> find_model(const Arguments& arguments) {
    TRILBY_TRY(model, train::find_model(arguments.name));
    TRILBY_TRY(folder, target_folder(arguments, train::model_kind, *model));
    return Wanted{train::model_kind, *model, folder,
                  fmt::format("give a copy of {} with --from-file", train::files_text(*model))};
}

Result<Wanted> find_dataset(const Arguments& arguments) {
    TRILBY_TRY(dataset, train::find_dataset(arguments.name));
    TRILBY_TRY(folder, target_folder(arguments, train::dataset_kind, *dataset));
    std::string by_hand =
        fmt::format("copy {} into '{}' by hand", train::files_text(*dataset), folder.string());
    if (!dataset->debian_package.empty()) {
        by_hand += fmt::format("; Debian has them as the package {}", dataset->debian_package);
    }
    return Wanted{train::dataset_kind, *dataset, folder, by_hand};
}

Result<Wanted> find(const Arguments& arguments) {
    return arguments.command == train::model_kind.command ? find_model(arguments)
                                                          : find_dataset(arguments);
}

Result<std::string> folder_url(const Arguments& arguments, const train::Publication& publication) {
    return fetch::parse_folder_url(arguments.url_base.empty() ? std::string(publication.source_url)
                                                              : arguments.url_base);
}

Result<void> fetch_and_show(const Arguments& arguments, fetch::Console& console) {
    TRILBY_TRY(wanted, find(arguments));
    TRILBY_TRY(url, folder_url(arguments, wanted.publication));
    platform::InterruptWatch interrupts;
    fetch::FetchOptions options{.folder = wanted.folder,
                                .folder_url = url,
                                .from_file = arguments.from_file,
                                .without_network = wanted.without_network};
    options.download.interrupts = &interrupts;
    options.download.on_progress = [&](const train::PublishedFile& file, std::uint64_t bytes) {
        console.show_progress(file, bytes);
    };
    options.on_file = [&](const fetch::FileReport& report) {
        console.clear_progress();
        if (!arguments.as_json) {
            print("{}\n", fetch::file_line(report));
            std::fflush(stdout);
        }
    };
    TRILBY_TRY(reports, fetch::fetch_files(wanted.publication, options));
    print(arguments.as_json
              ? json_text(fetch::to_json(wanted.kind, wanted.publication, wanted.folder, reports))
              : fetch::end_text(wanted.kind, wanted.publication, wanted.folder));
    return {};
}

/// Parses the command line and fetches; returns the exit code.
int run(int argc, char** argv, Arguments& arguments) {
    CLI::App parser(
        "Fetches a data set or a model; started by 'trilby data fetch' and 'trilby model fetch'.",
        "trilby-fetch");
    parser.add_option("command", arguments.command)
        ->required()
        ->check(CLI::IsMember(
            {std::string(train::dataset_kind.command), std::string(train::model_kind.command)}));
    parser.add_option("name", arguments.name)->required();
    parser.add_option("--folder", arguments.folder);
    parser.add_option("--url-base", arguments.url_base);
    parser.add_option("--from-file", arguments.from_file);
    parser.add_flag("--json", arguments.as_json);
    try {
        parser.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        print(SafeText::lines(parser.help()));
        return 0;
    } catch (const CLI::ParseError& error) {
        return report::print_error(
            {ErrorCode::usage, error.what(), "see 'trilby data --help' and 'trilby model --help'"},
            arguments.as_json);
    }
    fetch::Console console(platform::terminal_of(2));
    const auto done = fetch_and_show(arguments, console);
    console.clear_progress();
    return done ? 0 : report::print_error(done.error(), arguments.as_json);
}

void say_why(const Error& error) {
    print_to(stderr, "{}\n", error.message);
}

/// What asks every process of a job to end also asks `trilby`, which then sends its last status.
void leave_ending_to_trilby() {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
        ::signal(signal, SIG_IGN);
    }
}

Result<void> relay_from_trilby() {
    constexpr int channel = 3;
    TRILBY_TRY(server, fetch::find_status_server());
    return fetch::relay_statuses(
        channel,
        {.post = [&server](std::string_view status) { return fetch::post_status(server, status); },
         .on_first_failure = say_why});
}

int report_statuses() {
    leave_ending_to_trilby();
    const auto done = relay_from_trilby();
    if (!done) {
        say_why(done.error());
    }
    return done ? 0 : static_cast<int>(done.error().code);
}

bool is_to_report(int argc, char** argv) {
    return argc == 2 && argv[1] == std::string_view("report");
}

}  // namespace

int main(int argc, char** argv) {
    platform::prepare_process();
    Arguments arguments;
    // Also for an error before the arguments are parsed.
    arguments.as_json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
    const auto program = [&] {
        return is_to_report(argc, argv) ? report_statuses() : run(argc, argv, arguments);
    };
    const auto report = [&](const Error& error) {
        return report::print_error(error, arguments.as_json);
    };
    return platform::run_to_end(std::ref(program), std::ref(report));
}
