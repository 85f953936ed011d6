// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trained_run_options.hpp"

#include "base/try.hpp"

namespace trilby::cli {

void add_trained_run_options(CLI::App& parser, TrainedRunOptions& options) {
    parser.add_option("RUN", options.run, "Folder of a run of 'trilby train', or its checkpoint")
        ->required();
    add_device_options(parser, options.computing);
    add_timeout_option(parser, options);
    parser.add_flag("--json", options.as_json, "Print one JSON document");
}

Result<train::SessionOptions> session_options(const TrainedRunOptions& options,
                                              platform::InterruptWatch& interrupts) {
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    return session_options(options, chosen, interrupts);
}

}  // namespace trilby::cli
