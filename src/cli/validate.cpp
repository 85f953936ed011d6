// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/print.hpp"
#include "base/stopwatch.hpp"
#include "base/try.hpp"
#include "cli/chosen_backend.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/machine_state.hpp"
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "cli/validation_files.hpp"
#include "cli/validation_view.hpp"
#include "install/folders.hpp"
#include "install/version.hpp"
#include "platform/file_tree.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/validation.hpp"
#include "validate/environment.hpp"
#include "validate/expected_file.hpp"
#include "validate/memory_share.hpp"
#include "validate/vendor_telemetry.hpp"

namespace trilby::cli {
namespace {

constexpr std::int64_t largest_seed = std::int64_t{1} << 53;
constexpr std::int64_t largest_round = largest_seed;

struct ValidateOptions {
    validate::PlanOptions plan;
    std::optional<std::int64_t> seed;
    std::optional<std::int64_t> round;
    DeviceOptions computing;
    std::int64_t timeout_s = 60;
    ValidationFiles files;
    bool list_checks = false;
    bool self_test = false;
    std::int64_t trials = 3;
    bool as_json = false;
};

using Clock = std::chrono::steady_clock;

std::uint64_t seed_of(const ValidateOptions& options) {
    if (options.seed) {
        return static_cast<std::uint64_t>(*options.seed);
    }
    return std::random_device()();
}

validate::RunOptions run_options(const ValidateOptions& options, const ChosenBackend& chosen) {
    validate::RunOptions run;
    run.worker_program = install::worker_program();
    run.backend_module = chosen.module;
    run.backend = chosen.name;
    run.device = options.computing.device;
    run.threads = thread_count(options.computing.threads, chosen.machine);
    run.level = options.plan.level;
    run.silence_limit = std::chrono::seconds(options.timeout_s);
    run.expected_file = options.files.expected.value_or("");
    return run;
}

int list_checks(bool as_json) {
    print(as_json ? json_text(report::checks_json()) : report::checks_text(output_style()));
    return 0;
}

int exit_code_of(const validate::Validation& validation) {
    const bool was_stopped = std::ranges::any_of(validation.results, [](const auto& result) {
        return result.report.verdict == validate::Verdict::not_run;
    });
    if (was_stopped) {
        return static_cast<int>(ErrorCode::interrupted);
    }
    return validate::conclude(validation) == validate::Conclusion::passed
               ? 0
               : static_cast<int>(ErrorCode::failed);
}

/// The checks that are about to run, and how.
struct Prepared {
    Machine machine;
    std::optional<std::string> chosen_backend;  ///< by the user
    validate::PlanOptions options;
    std::optional<validate::PastValidation> before;
    std::optional<validate::Expected> expected;
    bool has_links_in_file = false;  ///< which then says how many lanes are right
    std::vector<validate::PlannedCheck> plan;
    validate::RunOptions run;
};

Result<Prepared> prepare(const ValidateOptions& options) {
    Prepared prepared;
    TRILBY_CHECK(start_files(options.files));
    prepared.options = options.plan;
    prepared.options.seed = seed_of(options);
    prepared.options.has_inventory = options.files.expected.has_value();
    prepared.has_links_in_file = options.files.expected || options.files.new_expected;
    if (options.round) {
        prepared.options.round = static_cast<std::uint64_t>(*options.round);
    }
    TRILBY_TRY(plan, validate::make_plan(prepared.options));
    if (options.files.before) {
        TRILBY_TRY(before, validate::read_past_validation(*options.files.before));
        prepared.before = std::move(before);
    }
    if (options.files.expected) {
        TRILBY_TRY(expected, validate::read_expected(*options.files.expected));
        validate::keep_limits_of(expected, plan);
        prepared.expected = std::move(expected);
    }
    TRILBY_TRY(wanted, wanted_backend(options.computing.backend));
    if (wanted) {
        prepared.chosen_backend = wanted->name;
    }
    prepared.plan = std::move(plan);
    return prepared;
}

worker::Answer<validate::Subject> start_backend(const ValidateOptions& options, Prepared& prepared,
                                                platform::InterruptWatch& interrupts) {
    auto chosen = choose_backend(options.computing.backend);
    if (!chosen) {
        prepared.machine = probe();
        return worker::refused(chosen.error());
    }
    prepared.run = run_options(options, *chosen);
    prepared.run.interrupts = &interrupts;
    prepared.machine = std::move(chosen->machine);
    return validate::describe(prepared.run);
}

Device start_device(const ValidateOptions& options, Prepared& prepared,
                    platform::InterruptWatch& interrupts) {
    const auto start = Clock::now();
    auto subject = start_backend(options, prepared, interrupts);
    return {std::move(subject), seconds_since(start)};
}

/// Whether the checks of the machine's state are worth running although no device can be used.
bool judges_state(const ValidateOptions& options, ErrorCode why_no_device) {
    const bool is_about_device =
        why_no_device == ErrorCode::failed || why_no_device == ErrorCode::unavailable;
    return is_about_device &&
           (options.plan.level == validate::lowest_level || options.files.expected.has_value()) &&
           !options.self_test;
}

bool loads_device(const std::vector<validate::PlannedCheck>& plan) {
    return std::ranges::any_of(
        plan, [](const validate::PlannedCheck& one) { return one.check->workers > 0; });
}

validate::VendorTelemetry vendor_telemetry(const Prepared& prepared,
                                           const validate::Subject& subject) {
    return validate::VendorTelemetry(
        {.worker_program = prepared.run.worker_program,
         .module = install::runtimes_module(),
         .backend = subject.backend,
         .pci_address = loads_device(prepared.plan) ? subject.pci_address : std::string()});
}

validate::Reading read_device(const validate::Subject& subject, validate::VendorTelemetry& vendor) {
    auto reading = validate::read_telemetry(platform::FileTree(), subject.pci_address);
    vendor.add_to(reading);
    return reading;
}

/// Adds what the device reports before the first check.
void examine(validate::Subject& subject, validate::VendorTelemetry& vendor) {
    subject.card = vendor.facts();
    subject.idle = read_device(subject, vendor);
}

/// Gives the run the system's facts about the device. All arguments must outlive it.
void look_around(Prepared& prepared, const validate::Subject& subject,
                 validate::VendorTelemetry& vendor) {
    const Machine& machine = prepared.machine;
    prepared.run.memory_bytes = validate::memory_share(machine, subject, prepared.options.level);
    prepared.run.library_defects = validate::present_defects(machine, subject.libraries);
    prepared.run.read_telemetry = [&] { return read_device(subject, vendor); };
    prepared.run.stuck_throttling = subject.idle.throttle_reasons.value_or(std::set<std::string>());
    prepared.run.expectations = [&](const validate::CheckInfo& check,
                                    const validate::LoadedClocks& clocks) {
        auto expectations = validate::expectations_of(machine, subject, clocks);
        if (prepared.expected) {
            std::ranges::copy(validate::limits_of(*prepared.expected, check),
                              std::back_inserter(expectations));
        }
        return expectations;
    };
}

/// Reading it takes longer than the other facts, since vendors' libraries are queried.
bool needs_state(const ValidateOptions& options, const Prepared& prepared) {
    return options.files.new_expected || prepared.expected ||
           std::ranges::any_of(prepared.plan, [](const validate::PlannedCheck& planned) {
               return planned.check->name == validate::state_checks::health;
           });
}

/// Adds the checks of the machine's state. All arguments must outlive the run.
void add_state_checks(Prepared& prepared, const Device& device, const validate::Subject& subject,
                      const std::optional<MachineState>& state) {
    using validate::PlannedCheck;
    auto& checks = prepared.run.state_checks;
    checks[validate::state_checks::known_answer] = [&](const PlannedCheck& planned) {
        return judge_known_answer(planned, device);
    };
    checks[validate::state_checks::environment] = [&](const PlannedCheck& planned) {
        return validate::CheckResult{
            .planned = planned, .report = validate::check_environment(prepared.machine, subject)};
    };
    checks[validate::state_checks::health] = [&](const PlannedCheck& planned) {
        return state->judge_health(planned, prepared.chosen_backend, prepared.has_links_in_file);
    };
    checks[validate::state_checks::inventory] = [&](const PlannedCheck& planned) {
        return validate::check_inventory(planned, *prepared.expected, state->inventory(), subject);
    };
}

int run_self_test(const ValidateOptions& options, Prepared& prepared, ValidationView& view) {
    const validate::SelfTest result = validate::self_test(
        prepared.plan, prepared.run,
        {.trials = static_cast<std::uint64_t>(options.trials), .seed = prepared.options.seed},
        [&](const validate::SelfTestCell& cell) { view.show(cell); });
    view.clear();
    print(options.as_json ? json_text(report::to_json(result))
                          : report::to_text(result, output_style()));
    if (result.was_stopped) {
        return static_cast<int>(ErrorCode::interrupted);
    }
    return result.injected() > 0 ? 0 : static_cast<int>(ErrorCode::failed);
}

Result<validate::Comparison> compare_files(const ValidateOptions& options) {
    TRILBY_TRY(before, validate::read_past_validation(*options.files.before));
    TRILBY_TRY(after, validate::read_past_validation(*options.files.after));
    return validate::compare(std::move(before), std::move(after));
}

int run_comparison(const ValidateOptions& options) {
    const auto comparison = compare_files(options);
    if (!comparison) {
        return report::print_error(comparison.error(), options.as_json);
    }
    print(options.as_json ? json_text(report::to_json(*comparison))
                          : report::to_text(*comparison, output_style()));
    return comparison->is_worse() ? static_cast<int>(ErrorCode::failed) : 0;
}

/// Compares this run with an earlier result.
int compare_with(const validate::PastValidation& before, const validate::Validation& validation,
                 ValidationView& view) {
    const validate::Comparison comparison =
        validate::compare(before, validate::past_of(validation));
    view.show(comparison);
    return comparison.is_worse() ? static_cast<int>(ErrorCode::failed) : 0;
}

/// A validation, and what it was made with.
struct Run {
    const ValidateOptions& options;
    Prepared& prepared;
    ValidationView& view;
    const validate::Subject& subject;
    const std::optional<MachineState>& state;
};

Result<void> write_files(const Run& run, const validate::Validation& validation) {
    const ValidationFiles& files = run.options.files;
    TRILBY_CHECK(write_reports(files, validation));
    return files.new_expected
               ? write_expected(*files.new_expected, run.state->inventory(), validation)
               : Result<void>();
}

int run_validation(const Run& run) {
    const Prepared& prepared = run.prepared;
    validate::Validation validation{.program_version = version,
                                    .subject = run.subject,
                                    .machine = prepared.machine,
                                    .options = prepared.options};
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    validation.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
    const auto start = Clock::now();
    validation.results = validate::run_all(prepared.plan, prepared.run);
    validation.seconds = seconds_since(start);
    run.view.show(validation);
    if (run.options.as_json) {
        print(json_text(report::to_json(validation)));
    }
    if (const auto written = write_files(run, validation); !written) {
        return report::print_error(written.error(), false);  // the document is printed
    }
    const int comparison_code =
        prepared.before ? compare_with(*prepared.before, validation, run.view) : 0;
    const int code = exit_code_of(validation);
    return code != 0 ? code : comparison_code;
}

/// The checks that need no device. One of them reports why there is none.
Result<std::vector<validate::PlannedCheck>> plan_without_device(const Prepared& prepared) {
    validate::PlanOptions options = prepared.options;
    options.level = validate::lowest_level;
    options.checks.clear();
    return validate::make_plan(options);
}

/// Runs the planned checks on the device, or those that need none.
int run_checks(const ValidateOptions& options, Prepared& prepared, const Device& device,
               const validate::Subject& probed_subject) {
    validate::Subject subject = probed_subject;
    validate::VendorTelemetry vendor = vendor_telemetry(prepared, subject);
    examine(subject, vendor);
    look_around(prepared, subject, vendor);
    std::optional<MachineState> state;
    if (needs_state(options, prepared)) {
        state.emplace(prepared.machine, subject, prepared.run);
    }
    add_state_checks(prepared, device, subject, state);
    // With --json, standard output is only for the document at the end.
    ValidationView view(options.as_json ? stderr : stdout, prepared.plan);
    if (device.subject) {
        view.show(subject);
    }
    prepared.run.on_progress = [&](const validate::PlannedCheck& check, double part) {
        view.show(check, part);
    };
    if (options.self_test) {
        return run_self_test(options, prepared, view);
    }
    prepared.run.on_result = [&](const validate::CheckResult& result) { view.show(result); };
    return run_validation({options, prepared, view, subject, state});
}

/// Reports the state of a machine whose device cannot be used. The exit code is that of the error.
int run_without_device(const ValidateOptions& options, Prepared& prepared, const Device& device) {
    const Error& error = device.subject.error().error;
    auto plan = plan_without_device(prepared);
    if (!judges_state(options, error.code) || !plan) {
        return report::print_error(error, options.as_json);
    }
    prepared.plan = std::move(*plan);
    run_checks(options, prepared, device,
               {.backend = prepared.chosen_backend.value_or(""),
                .device = options.computing.device,
                .device_name = "no device"});
    return static_cast<int>(error.code);
}

int run_validate(const ValidateOptions& options) {
    if (options.list_checks) {
        return list_checks(options.as_json);
    }
    if (options.files.after) {
        return run_comparison(options);
    }
    auto prepared = prepare(options);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    platform::InterruptWatch interrupts;
    const Device device = start_device(options, *prepared, interrupts);
    return device.subject ? run_checks(options, *prepared, device, *device.subject)
                          : run_without_device(options, *prepared, device);
}

}  // namespace

Command validate_command(CLI::App& trilby) {
    auto options = std::make_shared<ValidateOptions>();
    CLI::App* parser = trilby.add_subcommand("validate", "Prove that a device computes correctly");
    parser
        ->add_option(
            "--level", options->plan.level,
            "How thorough: 0 puts no load on the device and takes a second, 1 under 30 s, 2 "
            "under 3 min, 3 about 15 min, 4 about 4 h")
        ->transform(whole_number(validate::lowest_level, validate::highest_level))
        ->type_name("N")
        ->capture_default_str();
    CLI::Option* check =
        parser->add_option("--check", options->plan.checks, "Run only this check; may be repeated")
            ->type_name("CHECK");
    parser
        ->add_option("--exclude", options->plan.excluded,
                     "Leave out this check or family; may be repeated")
        ->type_name("CHECK");
    parser
        ->add_option("--budget", options->plan.budget_seconds,
                     "Divide this many seconds of computing among the checks")
        ->transform(whole_number(1, 10'000'000))
        ->type_name("SECONDS");
    parser->add_option("--seed", options->seed, "Random seed; the same seed repeats a validation")
        ->transform(whole_number(0, largest_seed))
        ->type_name("N");
    parser
        ->add_option("--round", options->round,
                     "Carry out only this round of the check, from 0: repeats an operation")
        ->transform(whole_number(0, largest_round))
        ->needs(check)
        ->type_name("N");
    add_device_options(*parser, options->computing);
    parser
        ->add_option("--timeout", options->timeout_s,
                     "Give up on a check if its worker is silent for this long")
        ->transform(whole_number(1, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    CLI::Option* junit =
        parser->add_option("--junit", options->files.junit, "Write the result as JUnit XML too")
            ->type_name("FILE");
    CLI::Option* html = parser
                            ->add_option("--html", options->files.html,
                                         "Write the result as a page for a browser too")
                            ->type_name("FILE");
    CLI::Option* summary =
        parser
            ->add_option("--summary", options->files.summary,
                         "Write a page to sign: machine, firmware, thresholds and verdicts")
            ->type_name("FILE");
    CLI::Option* compare =
        parser
            ->add_option(
                "--compare", options->files.before,
                "Compare with FILE, an earlier result of --json; exits with 1 if something is "
                "worse")
            ->type_name("FILE");
    CLI::Option* with =
        parser
            ->add_option("--with", options->files.after,
                         "Compare FILE with the result of --compare instead of running checks")
            ->needs(compare)
            ->type_name("FILE");
    CLI::Option* expect = parser
                              ->add_option("--expect", options->files.expected,
                                           "Compare the machine and its speeds with those in FILE")
                              ->type_name("FILE");
    CLI::Option* write_expect =
        parser
            ->add_option("--write-expect", options->files.new_expected,
                         "Write the file for --expect from this machine, if the validation passes")
            ->excludes(expect)
            ->type_name("FILE");
    parser->add_flag("--list", options->list_checks,
                     "List the checks, what they do and find, and exit");
    CLI::Option* self_test =
        parser
            ->add_flag("--self-test", options->self_test,
                       "Inject faults into the results, and measure how many the checks detect")
            ->excludes(compare);
    // Only a validation has these files.
    for (CLI::Option* file : {junit, html, summary, expect, write_expect}) {
        file->excludes(with)->excludes(self_test);
    }
    parser->add_option("--trials", options->trials, "Repetitions per fault and check")
        ->transform(whole_number(1, 1'000'000))
        ->needs(self_test)
        ->type_name("N")
        ->capture_default_str();
    parser->add_flag("--json", options->as_json,
                     "Print the result as JSON; progress goes to stderr");
    return {parser, [options] { return run_validate(*options); }};
}

}  // namespace trilby::cli
