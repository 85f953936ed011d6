// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/option_text.hpp"
#include "cli/project_output.hpp"
#include "report/error.hpp"
#include "scaffold/new_project.hpp"

namespace trilby::cli {
namespace {

struct NewOptions {
    std::string folder;
    std::string kind{scaffold::templates().front().name};
};

std::vector<std::string> kinds() {
    std::vector<std::string> names;
    for (const scaffold::Template& one : scaffold::templates()) {
        names.emplace_back(one.name);
    }
    return names;
}

Result<void> write_new(const NewOptions& options) {
    TRILBY_TRY(name, scaffold::project_name(options.folder));
    const scaffold::Template& kind = *scaffold::find_template(options.kind);
    const std::vector<scaffold::ProjectFile> files = scaffold::new_project(name, kind);
    TRILBY_CHECK(scaffold::write_project(files, options.folder));
    print_project(options.folder, files,
                  {fmt::format("trilby data fetch {}", kind.dataset),
                   fmt::format("build/{} {}", name, kind.dataset)});
    return {};
}

}  // namespace

Command new_command(CLI::App& trilby) {
    auto options = std::make_shared<NewOptions>();
    CLI::App* parser =
        trilby.add_subcommand("new", "Write a C++ project that trains a network of your own");
    parser->add_option("NAME", options->folder, "Folder to create; the program has its name")
        ->required();
    parser->add_option("--template", options->kind, "Kind of data that the program learns from")
        ->check(one_of(kinds()))
        ->type_name("TEMPLATE")
        ->capture_default_str();
    return {parser, [options] {
                const auto done = write_new(*options);
                return done ? 0 : report::print_error(done.error(), /*as_json=*/false);
            }};
}

}  // namespace trilby::cli
