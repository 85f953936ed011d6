// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/job_options.hpp"

#include <chrono>

#include "base/print.hpp"
#include "cli/option_text.hpp"
#include "install/folders.hpp"
#include "report/error.hpp"

namespace trilby::cli {

void add_timeout_option(CLI::App& parser, JobOptions& options) {
    parser
        .add_option("--timeout", options.timeout_s, "Give up if the worker is silent for this long")
        ->transform(whole_number(1, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
}

train::SessionOptions session_options(const JobOptions& options, const ChosenBackend& chosen,
                                      platform::InterruptWatch& interrupts) {
    return {.worker_program = install::worker_program(),
            .backend_module = chosen.module,
            .device = options.computing.device,
            .threads = thread_count(options.computing.threads, chosen.machine),
            .silence_limit = std::chrono::seconds(options.timeout_s),
            .interrupts = &interrupts};
}

void print_notes(const std::vector<std::string>& notes) {
    for (const std::string& note : notes) {
        print_to(stderr, "trilby: note: {}\n", note);
    }
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
