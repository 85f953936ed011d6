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
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "cli/validation_view.hpp"
#include "install/folders.hpp"
#include "install/version.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_tree.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/report_files.hpp"
#include "report/validation.hpp"
#include "validate/environment.hpp"
#include "validate/memory_share.hpp"
#include "validate/vendor_telemetry.hpp"

namespace trilby::cli {
namespace {

constexpr std::int64_t largest_seed = std::int64_t{1} << 53;

struct ValidateOptions {
    validate::PlanOptions plan;
    std::optional<std::int64_t> seed;
    DeviceOptions computing;
    std::int64_t timeout_s = 60;
    std::optional<std::string> junit;
    std::optional<std::string> html;
    std::optional<std::string> summary;
    std::optional<std::string> before;  ///< a result to compare with
    std::optional<std::string> after;   ///< the result to be compared; else this run's
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
    return run;
}

int list_checks(bool as_json) {
    print(as_json ? json_text(report::checks_json()) : report::checks_text(output_style()));
    return 0;
}

/// The reports that were asked for.
std::vector<report::ReportFile> report_files(const ValidateOptions& options) {
    std::vector<report::ReportFile> files;
    if (options.junit) {
        files.push_back({*options.junit, report::unfinished_junit()});
    }
    if (options.html) {
        files.push_back({*options.html, report::unfinished_html()});
    }
    if (options.summary) {
        files.push_back({*options.summary, report::unfinished_summary()});
    }
    return files;
}

Result<void> write_reports(const ValidateOptions& options, const validate::Validation& validation) {
    if (options.junit) {
        TRILBY_CHECK(platform::write_file_atomically(*options.junit, report::to_junit(validation)));
    }
    if (options.html) {
        TRILBY_CHECK(platform::write_file_atomically(*options.html, report::to_html(validation)));
    }
    if (options.summary) {
        const std::string summary = report::to_summary(validation);
        TRILBY_CHECK(platform::write_file_atomically(*options.summary, summary));
    }
    return {};
}

/// The files that a run reads.
std::vector<std::filesystem::path> input_files(const ValidateOptions& options) {
    std::vector<std::filesystem::path> files;
    if (options.before) {
        files.emplace_back(*options.before);
    }
    return files;
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
    validate::PlanOptions options;
    std::optional<validate::PastValidation> before;
    std::vector<validate::PlannedCheck> plan;
    validate::RunOptions run;
};

Result<Prepared> prepare(const ValidateOptions& options) {
    Prepared prepared;
    const std::vector<report::ReportFile> reports = report_files(options);
    TRILBY_CHECK(report::check_reports(reports, input_files(options)));
    TRILBY_CHECK(report::start_reports(reports));
    prepared.options = options.plan;
    prepared.options.seed = seed_of(options);
    TRILBY_TRY(plan, validate::make_plan(prepared.options));
    if (options.before) {
        TRILBY_TRY(before, validate::read_past_validation(*options.before));
        prepared.before = std::move(before);
    }
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    prepared.plan = std::move(plan);
    prepared.run = run_options(options, chosen);
    prepared.machine = std::move(chosen.machine);
    return prepared;
}

validate::VendorTelemetry vendor_telemetry(const Prepared& prepared,
                                           const validate::Subject& subject) {
    return validate::VendorTelemetry({.worker_program = prepared.run.worker_program,
                                      .module = install::runtimes_module(),
                                      .backend = subject.backend,
                                      .pci_address = subject.pci_address});
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
    prepared.run.check_environment = [&] { return validate::check_environment(machine, subject); };
    prepared.run.read_telemetry = [&] { return read_device(subject, vendor); };
    prepared.run.stuck_throttling = subject.idle.throttle_reasons.value_or(std::set<std::string>());
    prepared.run.expectations = [&](const validate::LoadedClocks& clocks) {
        return validate::expectations_of(machine, subject, clocks);
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
    TRILBY_TRY(before, validate::read_past_validation(*options.before));
    TRILBY_TRY(after, validate::read_past_validation(*options.after));
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

int run_validation(const ValidateOptions& options, Prepared& prepared, ValidationView& view,
                   const validate::Subject& subject) {
    validate::Validation validation{.program_version = version,
                                    .subject = subject,
                                    .machine = prepared.machine,
                                    .options = prepared.options};
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    validation.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
    const auto start = Clock::now();
    validation.results = validate::run_all(prepared.plan, prepared.run);
    validation.seconds = seconds_since(start);
    view.show(validation);
    if (options.as_json) {
        print(json_text(report::to_json(validation)));
    }
    if (const auto written = write_reports(options, validation); !written) {
        return report::print_error(written.error(), false);  // the document is printed
    }
    const int comparison_code =
        prepared.before ? compare_with(*prepared.before, validation, view) : 0;
    const int code = exit_code_of(validation);
    return code != 0 ? code : comparison_code;
}

int run_validate(const ValidateOptions& options) {
    if (options.list_checks) {
        return list_checks(options.as_json);
    }
    if (options.after) {
        return run_comparison(options);
    }
    auto prepared = prepare(options);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    platform::InterruptWatch interrupts;
    prepared->run.interrupts = &interrupts;
    auto subject = validate::describe(prepared->run);
    if (!subject) {
        return report::print_error(subject.error().error, options.as_json);
    }
    validate::VendorTelemetry vendor = vendor_telemetry(*prepared, *subject);
    examine(*subject, vendor);
    look_around(*prepared, *subject, vendor);
    // With --json, standard output is only for the document at the end.
    ValidationView view(options.as_json ? stderr : stdout, prepared->plan);
    view.show(*subject);
    prepared->run.on_progress = [&](const validate::PlannedCheck& check, double part) {
        view.show(check, part);
    };
    if (options.self_test) {
        return run_self_test(options, *prepared, view);
    }
    prepared->run.on_result = [&](const validate::CheckResult& result) { view.show(result); };
    return run_validation(options, *prepared, view, *subject);
}

}  // namespace

Command validate_command(CLI::App& trilby) {
    auto options = std::make_shared<ValidateOptions>();
    CLI::App* parser = trilby.add_subcommand("validate", "Prove that a device computes correctly");
    parser
        ->add_option("--level", options->plan.level,
                     "How thorough: 1 takes under 30 s, 2 under 3 min, 3 about 15 min, 4 about 4 h")
        ->transform(whole_number(1, validate::highest_level))
        ->type_name("N")
        ->capture_default_str();
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
    add_device_options(*parser, options->computing);
    parser
        ->add_option("--timeout", options->timeout_s,
                     "Give up on a check if its worker is silent for this long")
        ->transform(whole_number(1, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    CLI::Option* junit =
        parser->add_option("--junit", options->junit, "Write the result as JUnit XML too")
            ->type_name("FILE");
    CLI::Option* html =
        parser->add_option("--html", options->html, "Write the result as a page for a browser too")
            ->type_name("FILE");
    CLI::Option* summary =
        parser
            ->add_option("--summary", options->summary,
                         "Write a page to sign: machine, firmware, thresholds and verdicts")
            ->type_name("FILE");
    CLI::Option* compare =
        parser
            ->add_option(
                "--compare", options->before,
                "Compare with FILE, an earlier result of --json; exits with 1 if something is "
                "worse")
            ->type_name("FILE");
    CLI::Option* with =
        parser
            ->add_option("--with", options->after,
                         "Compare FILE with the result of --compare instead of running checks")
            ->needs(compare)
            ->type_name("FILE");
    parser->add_flag("--list", options->list_checks,
                     "List the checks, what they do and find, and exit");
    CLI::Option* self_test =
        parser
            ->add_flag("--self-test", options->self_test,
                       "Inject faults into the results, and measure how many the checks detect")
            ->excludes(compare);
    // Only a validation has these reports.
    for (CLI::Option* report : {junit, html, summary}) {
        report->excludes(with)->excludes(self_test);
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
