// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/print.hpp"
#include "base/stopwatch.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/machine_state.hpp"
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "cli/tested_device.hpp"
#include "cli/validate_machine.hpp"
#include "cli/validation_setup.hpp"
#include "cli/validation_view.hpp"
#include "install/version.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/validation.hpp"
#include "validate/memory_share.hpp"
#include "validate/self_test.hpp"

namespace trilby::cli {
namespace {

constexpr std::int64_t largest_seed = std::int64_t{1} << 53;
constexpr std::int64_t largest_round = largest_seed;

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

Device start_chosen_device(const ValidateOptions& options, Prepared& prepared,
                           platform::InterruptWatch& interrupts) {
    if (const auto chosen = choose_backend(options, prepared, interrupts); !chosen) {
        return {worker::refused(chosen.error())};
    }
    return start_device(prepared.run);
}

/// Whether the checks of the machine's state are worth running although no device can be used.
bool judges_state(const ValidateOptions& options, ErrorCode why_no_device) {
    const bool is_about_device =
        why_no_device == ErrorCode::failed || why_no_device == ErrorCode::unavailable;
    return is_about_device &&
           (options.levels.front() == validate::lowest_level ||
            options.files.expected.has_value()) &&
           !options.self_test;
}

/// The plans of the levels of a self-test, which differ in time and memory.
Result<std::vector<validate::SelfTestLevel>> self_test_levels(const ValidateOptions& options,
                                                              const Prepared& prepared,
                                                              const TestedDevice& device) {
    std::vector<validate::SelfTestLevel> levels;
    for (const int level : options.levels) {
        validate::PlanOptions of_level = prepared.options;
        of_level.level = level;
        TRILBY_TRY(plan, validate::make_plan(of_level));
        validate::RunOptions run = device.run();
        run.level = level;
        run.memory_bytes = validate::memory_share(prepared.machine, device.subject(), level);
        levels.push_back({std::move(plan), std::move(run)});
    }
    return levels;
}

int run_self_test(const ValidateOptions& options, const Prepared& prepared,
                  const TestedDevice& device, ValidationView& view) {
    const auto levels = self_test_levels(options, prepared, device);
    if (!levels) {
        return report::print_error(levels.error(), options.as_json);
    }
    validate::SelfTestRun run{.program_version = version,
                              .subject = device.subject(),
                              .machine = prepared.machine,
                              .started = now_text(),
                              .levels = options.levels,
                              .settings = {.trials = static_cast<std::uint64_t>(options.trials),
                                           .seed = prepared.options.seed,
                                           .faults = prepared.faults},
                              .result = {}};
    const auto start = std::chrono::steady_clock::now();
    run.result = validate::self_test(*levels, run.settings,
                                     [&](const validate::SelfTestCell& cell) { view.show(cell); });
    run.seconds = seconds_since(start);
    view.clear();
    print(options.as_json ? json_text(report::to_json(run))
                          : report::to_text(run.result, output_style()));
    if (const auto written = write_reports(options.files, run); !written) {
        return report::print_error(written.error(), false);  // the document is printed
    }
    if (run.result.was_stopped) {
        return static_cast<int>(ErrorCode::interrupted);
    }
    return run.result.injected() > 0 ? 0 : static_cast<int>(ErrorCode::failed);
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

/// A validation, and what it is made with.
struct Run {
    const ValidateOptions& options;
    const Prepared& prepared;
    ValidationView& view;
    TestedDevice& device;
    const std::optional<MachineState>& state;
};

/// A validation that was stopped writes no file for --expect.
Result<void> write_files(const Run& run, const validate::Validation& validation, bool was_stopped) {
    const ValidationFiles& files = run.options.files;
    TRILBY_CHECK(write_reports(files, validation));
    return files.new_expected && !was_stopped
               ? write_expected(*files.new_expected, run.state->inventory(), validation)
               : Result<void>();
}

int run_validation(const Run& run) {
    const Prepared& prepared = run.prepared;
    validate::Validation validation = begin_validation(prepared, run.device.subject());
    const auto start = std::chrono::steady_clock::now();
    validation.results = validate::run_all(prepared.plan, run.device.run());
    validation.seconds = run.device.seconds_to_start() + seconds_since(start);
    run.view.show(validation);
    if (run.options.as_json) {
        print(json_text(report::to_json(validation)));
    }
    const int comparison_code =
        prepared.before ? compare_with(*prepared.before, validation, run.view) : 0;
    const int code = exit_code_of(validation);
    const bool was_stopped = code == static_cast<int>(ErrorCode::interrupted);
    if (const auto written = write_files(run, validation, was_stopped); !written) {
        const int error_code = report::print_error(written.error(), false);  // not as a document
        return was_stopped ? code : error_code;
    }
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
int run_checks(const ValidateOptions& options, const Prepared& prepared, const Device& device,
               const validate::Subject& subject) {
    std::optional<MachineState> state;
    if (needs_state(options, prepared)) {
        state.emplace(prepared.machine, std::set{subject.pci_address}, prepared.run.silence_limit);
    }
    TestedDevice tested(prepared, prepared.run, device, subject, state, Cards::all);
    // With --json, standard output is only for the document at the end.
    ValidationView view(options.as_json ? stderr : stdout, prepared.plan);
    if (device.subject) {
        view.show(prepared.machine, tested.subject());
    }
    tested.run().on_progress = [&](const validate::PlannedCheck& check, double part) {
        view.show(check, part);
    };
    if (options.self_test) {
        return run_self_test(options, prepared, tested, view);
    }
    tested.run().on_result = [&](const validate::CheckResult& result) { view.show(result); };
    return run_validation({options, prepared, view, tested, state});
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

int run_on_every_device(const ValidateOptions& options, Prepared& prepared,
                        platform::InterruptWatch& interrupts) {
    if (const auto chosen = choose_backend(options, prepared, interrupts); !chosen) {
        return run_without_device(options, prepared, {worker::refused(chosen.error())});
    }
    const auto devices = list_every_device(options, prepared);
    return devices ? validate_machine(options, prepared, *devices)
                   : run_without_device(options, prepared, {std::unexpected(devices.error())});
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
    if (options.every_device) {
        return run_on_every_device(options, *prepared, interrupts);
    }
    const Device device = start_chosen_device(options, *prepared, interrupts);
    return device.subject ? run_checks(options, *prepared, device, *device.subject)
                          : run_without_device(options, *prepared, device);
}

constexpr const char* every_device = "all";

CLI::Validator selected_device() {
    const CLI::Validator number = device_number();
    const std::string expected =
        fmt::format("{}, GPU-..., MIG-... or {}", number.get_description(), every_device);
    return CLI::Validator(
        [number, expected](std::string& text) {
            const bool is_one =
                text == every_device || validate::is_uuid(text) || number(text).empty();
            return is_one ? std::string()
                          : fmt::format("'{}' is not {}", printable(text, 64), expected);
        },
        expected);
}

void choose_device(ValidateOptions& options, const std::string& text) {
    options.every_device = text == every_device;
    options.uuid = validate::is_uuid(text) ? std::optional(text) : std::nullopt;
    options.computing.device = parse_number<std::int64_t>(text).value_or(0);
}

}  // namespace

Command validate_command(CLI::App& trilby) {
    auto options = std::make_shared<ValidateOptions>();
    CLI::App* parser = trilby.add_subcommand("validate", "Prove that a device computes correctly");
    parser
        ->add_option(
            "--level", options->levels,
            "How thorough: 0 puts no load on the device and takes a second, 1 under 30 s, 2 "
            "under 3 min, 3 about 15 min, 4 about 4 h; may be repeated with --self-test")
        ->transform(whole_number(validate::lowest_level, validate::highest_level))
        ->type_name("N")
        ->default_str("1");
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
                     "Run only this round of the check, counted from 0, to repeat one operation")
        ->transform(whole_number(0, largest_round))
        ->needs(check)
        ->type_name("N");
    add_backend_option(*parser, options->computing);
    parser
        ->add_option_function<std::string>(
            "--device", [options](const std::string& text) { choose_device(*options, text); },
            "Device of the backend: its number from 0, its UUID in nvidia-smi -L, or all of them "
            "at the same time")
        ->transform(selected_device())
        ->type_name("DEVICE")
        ->default_str("0");
    add_threads_option(*parser, options->computing);
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
    for (CLI::Option* file : {junit, html, summary, expect, write_expect}) {
        file->excludes(with);
    }
    // Only a validation has these files.
    for (CLI::Option* file : {junit, expect, write_expect}) {
        file->excludes(self_test);
    }
    parser->add_option("--fault", options->faults, "Inject only this fault; may be repeated")
        ->needs(self_test)
        ->type_name("FAULT");
    parser->add_option("--trials", options->trials, "Repetitions per fault, check and level")
        ->transform(whole_number(1, 1'000'000))
        ->needs(self_test)
        ->type_name("N")
        ->capture_default_str();
    parser->add_flag("--json", options->as_json,
                     "Print the result as JSON; progress goes to stderr");
    return {parser, [options] { return run_validate(*options); }};
}

}  // namespace trilby::cli
