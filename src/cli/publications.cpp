// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/publications.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/print.hpp"
#include "base/units.hpp"
#include "cli/output_style.hpp"
#include "install/folders.hpp"
#include "platform/command.hpp"
#include "report/error.hpp"
#include "report/layout.hpp"

namespace trilby::cli {
namespace {

json::array files_json(const train::Publication& publication) {
    json::array files;
    for (const train::PublishedFile& file : publication.files) {
        files.push_back(
            {{"name", file.name}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    }
    return files;
}

std::string file_names(const train::Publication& publication) {
    std::string out;
    for (const train::PublishedFile& file : publication.files) {
        out += (out.empty() ? "" : ", ") + std::string(file.name);
    }
    return out;
}

json::object to_json(const ListedPublication& listed) {
    const auto& [publication, folder] = listed;
    return {{"name", publication.name},
            {"summary", publication.summary},
            {"licence", publication.license},
            {"source", publication.source_url},
            {"download_bytes", download_bytes(publication)},
            {"files", files_json(publication)},
            {"folder", folder ? json::value(folder->string()) : json::value(nullptr)}};
}

SafeText to_text(const ListedPublication& listed, const report::Style& style) {
    const auto& [publication, folder] = listed;
    const std::string where =
        folder ? folder->string() : "not on this machine; get it with " + folder.error().hint;
    return report::bold(publication.name, style) + "\n" +
           report::row("  what", publication.summary, style) +
           report::row("  where", where, style) +
           report::row("  files", file_names(publication), style) +
           report::row("  source",
                       fmt::format("{} ({}, license {})", publication.source_url,
                                   format_bytes(download_bytes(publication)), publication.license),
                       style);
}

std::vector<std::string> fetch_arguments(const train::PublicationKind& kind,
                                         const FetchOptions& options) {
    std::vector<std::string> arguments{std::string(kind.command), options.name};
    const auto add = [&](std::string_view option, const std::string& value) {
        if (!value.empty()) {
            arguments.push_back(fmt::format("{}={}", option, value));
        }
    };
    add("--folder", options.folder);
    add("--url-base", options.url_base);
    add("--from-file", options.from_file);
    if (options.as_json) {
        arguments.emplace_back("--json");
    }
    return arguments;
}

}  // namespace

int list_publications(const train::PublicationKind& kind,
                      const std::vector<ListedPublication>& listed, bool as_json) {
    json::array documents;
    for (const ListedPublication& one : listed) {
        if (!one.folder && one.folder.error().code == ErrorCode::io) {
            return report::print_error(one.folder.error(), as_json);
        }
        if (as_json) {
            documents.push_back(to_json(one));
        } else {
            print(to_text(one, output_style()));
        }
    }
    if (as_json) {
        print(json_text(json::object{{"schema", 1}, {kind.plural, std::move(documents)}}));
    }
    return 0;
}

void add_fetch_options(CLI::App& parser, FetchOptions& options, const std::string& folder_option) {
    parser
        .add_option(folder_option, options.folder,
                    "Folder to download to, instead of the user's data folder")
        ->type_name("DIR");
    parser
        .add_option("--url-base", options.url_base,
                    "HTTPS folder to download from instead of the publisher's, such as a mirror")
        ->type_name("URL");
    parser.add_flag("--json", options.as_json, "Print one JSON document at the end");
}

int start_fetch(const train::PublicationKind& kind, const train::Publication& publication,
                const FetchOptions& options) {
    const auto program = install::layout().libexec_folder / "trilby-fetch";
    Error why = platform::replace_process({program, fetch_arguments(kind, options)});
    std::error_code ignored;
    if (!std::filesystem::exists(program, ignored)) {
        why.hint =
            fmt::format("this installation was built without downloads; copy {} from {} into '{}'",
                        train::files_text(publication), publication.source_url,
                        train::fetched_folder(kind, publication).string());
    }
    return report::print_error(why, options.as_json);
}

}  // namespace trilby::cli
