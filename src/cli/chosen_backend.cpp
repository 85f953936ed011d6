// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/chosen_backend.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/backends.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/configuration.hpp"
#include "cli/option_text.hpp"
#include "platform/environment.hpp"
#include <trilby/selection.hpp>

namespace trilby::cli {
namespace {

constexpr std::int64_t most_threads = 4096;

Result<Candidate> candidate_of(const Selection& selection, const std::string& name) {
    for (const Candidate& candidate : selection.candidates) {
        if (candidate.name == name && candidate.manifest) {
            return candidate;
        }
    }
    return failure(ErrorCode::unavailable, fmt::format("backend {} has no module", name));
}

}  // namespace

CLI::Validator device_number() {
    return whole_number(0, 1024);
}

void add_backend_option(CLI::App& parser, DeviceOptions& options) {
    parser
        .add_option("--backend", options.backend,
                    "Backend to use, without falling back to another: " + backend_names())
        ->type_name("BACKEND");
}

void add_threads_option(CLI::App& parser, DeviceOptions& options) {
    parser.add_option("--threads", options.threads, "CPU threads")
        ->default_str("OMP_NUM_THREADS, or every usable CPU")
        ->transform(whole_number(1, most_threads))
        ->type_name("N");
}

void add_device_options(CLI::App& parser, DeviceOptions& options) {
    add_backend_option(parser, options);
    parser.add_option("--device", options.device, "Device of the backend, counted from 0")
        ->capture_default_str()
        ->transform(device_number())
        ->type_name("N");
    add_threads_option(parser, options);
}

Result<ChosenBackend> choose_backend(const std::optional<std::string>& option,
                                     const Machine& machine) {
    ChosenBackend chosen{.machine = machine, .name = {}, .module = {}, .libtorch = {}};
    TRILBY_TRY(wanted, wanted_backend(option));
    const Selection selection = select_backend(chosen.machine, installed_backends(), wanted);
    TRILBY_TRY(choice, Result<Choice>(selection.choice));
    TRILBY_TRY(candidate, candidate_of(selection, choice.name));
    chosen.name = choice.name;
    chosen.module = candidate.module;
    chosen.libtorch = candidate.manifest->libtorch;
    return chosen;
}

std::int64_t thread_count(const std::optional<std::int64_t>& option, const Machine& machine) {
    if (option) {
        return *option;
    }
    const auto variable = platform::environment_variable("OMP_NUM_THREADS");
    const auto wanted = parse_number<std::int64_t>(variable.value_or(""));
    return wanted && *wanted >= 1 && *wanted <= most_threads ? *wanted
                                                             : machine.cpu.usable_cpus.value_or(1);
}

}  // namespace trilby::cli
