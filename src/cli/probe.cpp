// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <memory>

#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/machine_root.hpp"
#include "cli/output_style.hpp"
#include "platform/interrupt.hpp"
#include "recording/recording.hpp"
#include "report/error.hpp"
#include "report/machine_json.hpp"
#include "report/text.hpp"
#include <trilby/probe.hpp>

namespace trilby::cli {
namespace {

struct ProbeCommandOptions {
    MachineOptions machine;
    std::string capture_folder;
    bool as_json = false;
    bool verbose = false;
};

Result<void> capture_machine(const ProbeCommandOptions& options) {
    TRILBY_TRY(recorded, recording::record(options.machine.probe_options()));
    platform::InterruptWatch interrupts;
    return recording::write(recorded, options.capture_folder, &interrupts);
}

int run_capture(const ProbeCommandOptions& options) {
    if (const auto captured = capture_machine(options); !captured) {
        return report::print_error(captured.error(), options.as_json);
    }
    print(
        "This machine is recorded in {}: names, serial numbers and addresses are replaced.\n"
        "Read it before you send it. Show it with: trilby probe --root {}\n",
        options.capture_folder, shell_word(options.capture_folder));
    return 0;
}

int run_probe(const ProbeCommandOptions& options) {
    const Result<Machine> machine = probe_root(options.machine.probe_options());
    if (!machine) {
        return report::print_error(machine.error(), options.as_json);
    }
    if (options.as_json) {
        print(report::json_text(*machine));
    } else if (options.verbose) {
        print(report::sources_text(*machine));
    } else {
        print(report::to_text(*machine, output_style()));
    }
    return 0;
}

}  // namespace

Command probe_command(CLI::App& trilby) {
    auto options = std::make_shared<ProbeCommandOptions>();
    CLI::App* parser =
        trilby.add_subcommand("probe", "Show the AI hardware and software of this machine");
    CLI::Option* as_json = parser->add_flag("--json", options->as_json, "Print one JSON document");
    parser->add_flag("--verbose", options->verbose, "Print every value with its source");
    parser
        ->add_option("--capture", options->capture_folder,
                     "Record this machine in a new folder, without personal data")
        ->excludes(as_json)
        ->type_name("DIR");
    add_machine_options(*parser, options->machine);
    return {parser, [options] {
                return options->capture_folder.empty() ? run_probe(*options)
                                                       : run_capture(*options);
            }};
}

}  // namespace trilby::cli
