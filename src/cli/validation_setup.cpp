// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/validation_setup.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iterator>
#include <random>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/configuration.hpp"
#include "install/folders.hpp"
#include "install/version.hpp"

namespace trilby::cli {
namespace {

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
    run.level = options.levels.front();
    run.silence_limit = std::chrono::seconds(options.timeout_s);
    run.expected_file = options.files.expected.value_or("");
    return run;
}

Result<std::vector<validate::FaultClass>> faults_named(const std::vector<std::string>& names) {
    std::vector<std::string_view> known;
    for (const validate::FaultInfo& fault : validate::known_faults()) {
        known.push_back(fault.name);
    }
    std::vector<validate::FaultClass> faults;
    for (const std::string& name : names) {
        const auto fault = validate::fault_named(name);
        if (!fault) {
            return failure(
                ErrorCode::usage,
                fmt::format("unknown fault '{}'{}", printable(name, 64), did_you_mean(name, known)),
                "docs/validation.md has the faults of a self-test");
        }
        faults.push_back(*fault);
    }
    return faults;
}

Result<void> require_one_level(const ValidateOptions& options) {
    if (options.levels.size() > 1 && !options.self_test) {
        return failure(ErrorCode::usage,
                       fmt::format("--level is given {} times", options.levels.size()),
                       "give one level; only --self-test takes several");
    }
    return {};
}

/// These are about the results of a single device.
Result<void> refuse_options_of_one_device(const ValidateOptions& options) {
    const std::array needs{std::pair("--self-test", options.self_test),
                           std::pair("--compare", options.files.before.has_value()),
                           std::pair("--write-expect", options.files.new_expected.has_value()),
                           std::pair("--round", options.round.has_value())};
    for (const auto& [option, is_given] : needs) {
        if (is_given) {
            return failure(ErrorCode::usage,
                           fmt::format("{} is for one device, not for --device all", option),
                           "give --device the number of a device");
        }
    }
    return {};
}

/// The device, and for a card the other ones, to which it copies.
std::vector<validate::NamedDevice> shown_with(const validate::NamedDevice& device,
                                              const std::vector<validate::NamedDevice>& all) {
    std::vector<validate::NamedDevice> shown{device};
    if (!device.is_instance()) {
        std::ranges::copy_if(all, std::back_inserter(shown), [&](const auto& other) {
            return !other.is_instance() && other.uuid != device.uuid;
        });
    }
    return shown;
}

/// Whether the check inventory compares the lanes of all cards with the file.
bool are_lanes_compared(const Prepared& prepared, const std::vector<validate::PlannedCheck>& plan) {
    return prepared.expected && validate::has_lanes(*prepared.expected) &&
           std::ranges::any_of(plan, [](const validate::PlannedCheck& planned) {
               return planned.check->name == validate::state_checks::inventory;
           });
}

}  // namespace

Result<Prepared> prepare(const ValidateOptions& options) {
    Prepared prepared;
    if (options.every_device) {
        TRILBY_CHECK(refuse_options_of_one_device(options));
    }
    TRILBY_TRY(faults, faults_named(options.faults));
    prepared.faults = std::move(faults);
    TRILBY_CHECK(require_one_level(options));
    TRILBY_CHECK(start_files(options.files));
    prepared.options = options.plan;
    prepared.options.level = options.levels.front();
    prepared.options.seed = seed_of(options);
    prepared.options.every_device = options.every_device;
    prepared.options.has_inventory = options.files.expected.has_value();
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
    prepared.has_links_in_file = options.files.new_expected || are_lanes_compared(prepared, plan);
    TRILBY_TRY(wanted, wanted_backend(options.computing.backend));
    if (wanted) {
        prepared.chosen_backend = wanted->name;
    }
    prepared.plan = std::move(plan);
    return prepared;
}

Result<void> choose_backend(const ValidateOptions& options, Prepared& prepared,
                            platform::InterruptWatch& interrupts) {
    prepared.machine = probe();
    TRILBY_TRY(chosen, choose_backend(options.computing.backend, prepared.machine));
    prepared.run = run_options(options, chosen);
    prepared.run.interrupts = &interrupts;
    prepared.runtimes_module = install::runtimes_module();
    return options.uuid ? select_device(prepared, *options.uuid) : Result<void>();
}

validate::NamedDeviceOptions named_device_options(const Prepared& prepared) {
    return {.worker_program = prepared.run.worker_program,
            .runtimes_module = prepared.runtimes_module,
            .backend = prepared.run.backend,
            .interrupts = prepared.run.interrupts};
}

Result<void> select_device(Prepared& prepared, const std::string& uuid) {
    TRILBY_TRY(devices, validate::list_named_devices(named_device_options(prepared)));
    TRILBY_TRY(device, validate::find_named(devices, uuid));
    prepared.run = validate::run_on(std::move(prepared.run), shown_with(device, devices));
    return {};
}

std::string now_text() {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

validate::Validation begin_validation(const Prepared& prepared, const validate::Subject& subject) {
    return {.program_version = version,
            .subject = subject,
            .machine = prepared.machine,
            .options = prepared.options,
            .started = now_text()};
}

bool needs_state(const ValidateOptions& options, const Prepared& prepared) {
    return options.files.new_expected || prepared.expected ||
           std::ranges::any_of(prepared.plan, [](const validate::PlannedCheck& planned) {
               return planned.check->name == validate::state_checks::health;
           });
}

}  // namespace trilby::cli
