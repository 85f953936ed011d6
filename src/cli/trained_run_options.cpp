// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trained_run_options.hpp"

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/option_text.hpp"
#include "install/folders.hpp"
#include "report/error.hpp"

namespace trilby::cli {

void add_trained_run_options(CLI::App& parser, TrainedRunOptions& options) {
    parser.add_option("RUN", options.run, "Folder of a run of 'trilby train', or its checkpoint")
        ->required();
    add_device_options(parser, options.computing);
    parser
        .add_option("--timeout", options.timeout_s, "Give up if the worker is silent for this long")
        ->transform(whole_number(1, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    parser.add_flag("--json", options.as_json, "Print one JSON document");
}

Result<train::SessionOptions> session_options(const TrainedRunOptions& options,
                                              platform::InterruptWatch& interrupts) {
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    return train::SessionOptions{.worker_program = install::worker_program(),
                                 .backend_module = chosen.module,
                                 .device = options.computing.device,
                                 .threads = thread_count(options.computing.threads, chosen.machine),
                                 .silence_limit = std::chrono::seconds(options.timeout_s),
                                 .interrupts = &interrupts};
}

int report_worker_failure(const worker::Failure& failure, bool as_json) {
    const int exit_code = report::print_error(failure.error, as_json);
    if (failure.outcome != worker::Outcome::cancelled && !failure.output.empty()) {
        print_to(stderr, "trilby: the last output of the worker was:\n{}",
                 SafeText::quoted_lines(failure.output));
    }
    return exit_code;
}

}  // namespace trilby::cli
