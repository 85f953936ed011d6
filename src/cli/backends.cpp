// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/backends.hpp"

#include <fmt/format.h>
#include <memory>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/machine_root.hpp"
#include "cli/output_style.hpp"
#include "report/error.hpp"
#include "report/machine_json.hpp"
#include "report/text.hpp"
#include <trilby/selection.hpp>

namespace trilby::cli {
namespace {

struct BackendsOptions {
    std::string root = "/";
    std::optional<std::string> backend;
    bool as_json = false;
    bool explain = false;
};

Result<Selection> select(const BackendsOptions& options) {
    TRILBY_TRY(machine, probe_root({.root = options.root}));
    TRILBY_TRY(wanted, wanted_backend(options.backend));
    return select_backend(machine, installed_backends(), wanted);
}

int run_backends(const BackendsOptions& options) {
    const Result<Selection> selected = select(options);
    if (!selected) {
        return report::print_error(selected.error(), options.as_json);
    }
    const Selection& selection = *selected;
    if (!options.as_json && options.root != "/") {
        print("The machine in {}, with the backends that are installed here:\n\n", options.root);
    }
    if (options.as_json) {
        print(json_text(report::to_json(selection)));
    } else if (options.explain) {
        print(report::explained_text(selection, output_style()));
    } else {
        print(report::to_text(selection, output_style()));
    }
    return selection.choice ? 0 : report::print_error(selection.choice.error(), false);
}

}  // namespace

Command backends_command(CLI::App& trilby) {
    auto options = std::make_shared<BackendsOptions>();
    CLI::App* parser =
        trilby.add_subcommand("backends", "Show which backend is used, and what the others lack");
    parser->add_flag("--json", options->as_json, "Print one JSON document");
    parser->add_flag("--explain", options->explain,
                     "Print every requirement of every backend, and whether it is met");
    parser
        ->add_option("--backend", options->backend,
                     "Ask for this backend, as TRILBY_BACKEND does: " + backend_names())
        ->type_name("BACKEND");
    parser->add_option("--root", options->root, "Examine the recorded machine in this folder")
        ->type_name("DIR");
    return {parser, [options] { return run_backends(*options); }};
}

}  // namespace trilby::cli
