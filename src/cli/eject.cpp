// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/eject.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/project_output.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

struct EjectOptions {
    std::string run;
    std::string folder;
};

/// The folder that the user names, or one in the current folder that is named like the run.
std::filesystem::path folder_of(const EjectOptions& options) {
    if (!options.folder.empty()) {
        return options.folder;
    }
    const auto run = std::filesystem::absolute(options.run).lexically_normal();
    return (run.has_filename() ? run : run.parent_path()).filename();
}

Result<void> write_ejected(const EjectOptions& options) {
    const std::filesystem::path folder = folder_of(options);
    TRILBY_TRY(name, scaffold::project_name(folder));
    TRILBY_TRY(ejected, scaffold::eject(options.run, name));
    TRILBY_CHECK(scaffold::write_project(ejected.files, folder));
    print_project(folder, ejected.files, {ejected.command});
    for (const std::string& note : ejected.notes) {
        print("note        {}\n", note);
    }
    return {};
}

}  // namespace

Command eject_command(CLI::App& trilby) {
    auto options = std::make_shared<EjectOptions>();
    CLI::App* parser =
        trilby.add_subcommand("eject", "Write a run as a C++ project that gives the same bits");
    parser->add_option("RUN", options->run, "Folder of a run of 'trilby train'")->required();
    parser->add_option("DIR", options->folder, "Folder to create; the program has its name")
        ->default_str("the name of the run");
    return {parser, [options] {
                const auto done = write_ejected(*options);
                return done ? 0 : report::print_error(done.error(), /*as_json=*/false);
            }};
}

}  // namespace trilby::cli
