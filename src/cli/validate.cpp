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

#include "base/try.hpp"
#include "cli/chosen_backend.hpp"
#include "cli/command.hpp"
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "cli/validation_view.hpp"
#include "platform/atomic_file.hpp"
#include "platform/environment.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/validation.hpp"
#include "validate/environment.hpp"

namespace trilby::cli {
namespace {

constexpr std::int64_t largest_seed = std::int64_t{1} << 53;

struct ValidateOptions {
    validate::PlanOptions plan;
    std::optional<std::int64_t> seed;
    std::optional<std::string> backend;
    std::int64_t device = 0;
    std::optional<std::int64_t> threads;
    std::int64_t timeout_s = 60;
    std::optional<std::string> junit;
    std::optional<std::string> html;
    bool lists = false;
    bool tests_itself = false;
    std::int64_t trials = 3;
    bool as_json = false;
};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t seed_of(const ValidateOptions& options) {
    if (options.seed) {
        return static_cast<std::uint64_t>(*options.seed);
    }
    return std::random_device()();
}

/// A share of what is free, so that nothing else is pushed out; less for short levels, which have
/// no time for more.
std::uint64_t memory_for_checks(const Memory& memory, int level) {
    constexpr std::uint64_t mebibyte = 1 << 20;
    const std::uint64_t available =
        std::min(memory.available_bytes.value_or(256 * mebibyte),
                 memory.control_group_limit_bytes.value_or(UINT64_MAX) / 2);
    switch (level) {
        case 1:
            return std::min(available / 8, 192 * mebibyte);
        case 2:
            return std::min(available / 4, 1024 * mebibyte);
        case 3:
            return std::min(available / 2, 16384 * mebibyte);
        default:
            return available / 4 * 3;
    }
}

validate::RunOptions run_options(const ValidateOptions& options, const ChosenBackend& chosen) {
    validate::RunOptions run;
    run.worker_program = platform::install_layout().libexec_folder / "trilby-worker";
    run.backend_module = chosen.module;
    run.backend = chosen.name;
    run.device = options.device;
    run.threads = thread_count(options.threads, chosen.machine);
    run.memory_bytes = memory_for_checks(chosen.machine.memory, options.plan.level);
    run.level = options.plan.level;
    run.silence_limit = std::chrono::seconds(options.timeout_s);
    return run;
}

int list_checks(bool as_json) {
    fmt::print("{}",
               as_json ? json::pretty(report::checks_json()) : report::checks_text(output_style()));
    return 0;
}

Result<void> write_files(const ValidateOptions& options, const validate::Validation& validation) {
    if (options.junit) {
        TRILBY_CHECK(platform::write_file_atomically(*options.junit, report::to_junit(validation)));
    }
    if (options.html) {
        TRILBY_CHECK(platform::write_file_atomically(*options.html, report::to_html(validation)));
    }
    return {};
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

/// Now, not after all checks. What is created here vanishes at once.
Result<void> check_files(const ValidateOptions& options) {
    for (const auto& path : {options.junit, options.html}) {
        if (path) {
            TRILBY_CHECK(platform::AtomicFile::create(*path));
        }
    }
    return {};
}

/// What is about to be run, and how it is.
struct Prepared {
    Machine machine;
    validate::PlanOptions options;
    std::vector<validate::PlannedCheck> plan;
    validate::RunOptions run;
};

Result<Prepared> prepare(const ValidateOptions& options) {
    Prepared prepared;
    prepared.options = options.plan;
    prepared.options.seed = seed_of(options);
    TRILBY_TRY(plan, validate::make_plan(prepared.options));
    TRILBY_CHECK(check_files(options));
    TRILBY_TRY(chosen, choose_backend(options.backend));
    prepared.plan = std::move(plan);
    prepared.run = run_options(options, chosen);
    prepared.machine = std::move(chosen.machine);
    return prepared;
}

int run_self_test(const ValidateOptions& options, Prepared& prepared, ValidationView& view) {
    const validate::SelfTest result = validate::self_test(
        prepared.plan, prepared.run,
        {.trials = static_cast<std::uint64_t>(options.trials), .seed = prepared.options.seed},
        [&](const validate::SelfTestCell& cell) { view.show(cell); });
    view.clear();
    fmt::print("{}", options.as_json ? json::pretty(report::to_json(result))
                                     : report::to_text(result, output_style()));
    return result.was_stopped ? static_cast<int>(ErrorCode::interrupted) : 0;
}

int run_validation(const ValidateOptions& options, Prepared& prepared, ValidationView& view,
                   const validate::Subject& subject) {
    validate::Validation validation{.subject = subject, .options = prepared.options};
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    validation.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
    const auto start = Clock::now();
    validation.results = validate::run_all(prepared.plan, prepared.run);
    validation.seconds = seconds_since(start);
    view.show(validation);
    if (options.as_json) {
        fmt::print("{}", json::pretty(report::to_json(validation)));
    }
    if (const auto written = write_files(options, validation); !written) {
        return report::print_error(written.error(), options.as_json);
    }
    return exit_code_of(validation);
}

int run_validate(const ValidateOptions& options) {
    if (options.lists) {
        return list_checks(options.as_json);
    }
    auto prepared = prepare(options);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    platform::InterruptWatch interrupts;
    prepared->run.interrupts = &interrupts;
    const auto subject = validate::describe(prepared->run);
    if (!subject) {
        return report::print_error(subject.error().error, options.as_json);
    }
    prepared->run.check_environment = [&] {
        return validate::check_environment(prepared->machine, *subject);
    };
    // With --json, standard output is for the one document at the end.
    ValidationView view(options.as_json ? stderr : stdout, prepared->plan);
    view.show(*subject);
    prepared->run.on_progress = [&](const validate::PlannedCheck& check, double part) {
        view.show(check, part);
    };
    if (options.tests_itself) {
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
                     "How thorough: 1 takes less than 30 s, 2 three minutes, 3 a quarter of an "
                     "hour, 4 four hours")
        ->check(whole_number(1, validate::highest_level))
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
                     "Share out so many seconds of computing among the checks")
        ->check(CLI::Range(1.0, 1e7))
        ->type_name("SECONDS");
    parser
        ->add_option("--seed", options->seed,
                     "Seed of the random numbers; the same one repeats a validation")
        ->check(whole_number(0, largest_seed))
        ->type_name("N");
    parser
        ->add_option("--backend", options->backend,
                     "Backend to use, and no other: cuda, rocm or cpu")
        ->type_name("BACKEND");
    parser->add_option("--device", options->device, "Device of the backend, counted from 0")
        ->capture_default_str()
        ->check(whole_number(0, 1024))
        ->type_name("N");
    parser->add_option("--threads", options->threads, "CPU threads")
        ->default_str("OMP_NUM_THREADS, or every usable CPU")
        ->check(whole_number(1, 4096))
        ->type_name("N");
    parser
        ->add_option("--timeout", options->timeout_s,
                     "Give up a check when its worker says nothing for so long")
        ->check(whole_number(1, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    parser->add_option("--junit", options->junit, "Write the result as JUnit XML too")
        ->type_name("FILE");
    parser->add_option("--html", options->html, "Write the result as a page for a browser too")
        ->type_name("FILE");
    parser->add_flag("--list", options->lists, "List the checks, what they do and find, and exit");
    CLI::Option* self_test =
        parser->add_flag("--self-test", options->tests_itself,
                         "Inject faults into the results, and measure how many the checks notice");
    parser->add_option("--trials", options->trials, "Of each fault in each check")
        ->check(whole_number(1, 1'000'000))
        ->needs(self_test)
        ->type_name("N")
        ->capture_default_str();
    parser->add_flag("--json", options->as_json,
                     "Print the result as JSON; progress goes to stderr");
    return {parser, [options] { return run_validate(*options); }};
}

}  // namespace trilby::cli
