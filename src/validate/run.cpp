// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/run.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <future>
#include <iterator>
#include <utility>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "validate/check_job.hpp"
#include "validate/crash_examination.hpp"
#include "validate/replay_command.hpp"
#include "validate/telemetry_cost.hpp"
#include "worker/client.hpp"
#include "worker/contract.hpp"
#include "worker/thread_limits.hpp"

namespace trilby::validate {
namespace {

using worker::Answer;
using worker::Failure;
using worker::Outcome;
using Clock = std::chrono::steady_clock;

// ChildOptions::shared_descriptors[0] in the child.
constexpr int trace_descriptor = 4;

Answer<worker::Worker> start_worker(const RunOptions& options, int descriptor = -1) {
    auto environment = worker::thread_variables(options.threads);
    // OpenMP would bind its first thread to one CPU, and `cores` checks all that it may use.
    environment.emplace_back("OMP_PROC_BIND", "false");
    environment.emplace_back("KMP_AFFINITY", "disabled");
    environment.insert(environment.end(), options.environment.begin(), options.environment.end());
    auto worker = worker::Worker::start(
        {.program = options.worker_program,
         .environment = std::move(environment),
         .shared_descriptors = {descriptor, -1},
         .start_limit = std::min(worker::WorkerOptions().start_limit, options.silence_limit)});
    if (!worker) {
        return std::unexpected(worker.error());
    }
    if (auto loaded = worker->load(options.backend_module, {.silence_limit = options.silence_limit,
                                                            .interrupts = options.interrupts});
        !loaded) {
        return std::unexpected(loaded.error());
    }
    return worker;
}

json::object params_of(const PlannedCheck& planned, const RunOptions& options, bool is_traced) {
    CheckParams params{.check = std::string(planned.check->name),
                       .device = options.device,
                       .threads = options.threads,
                       .seed = planned.seed,
                       .seconds = planned.seconds,
                       .memory_bytes = options.memory_bytes,
                       .fault = {},
                       .round = planned.round};
    if (is_traced) {
        params.trace = trace_descriptor;
    }
    if (!planned.halvings.empty()) {
        params.halvings = planned.halvings;
    }
    if (planned.check->scope == Scope::machine) {
        params.devices = options.devices;
    }
    if (options.fault && info_of(*options.fault).kind != FaultKind::telemetry) {
        params.fault = fault_name(*options.fault);
    }
    return to_json(params);
}

/// Checks end by themselves soon after their time is over: they finish their last round.
std::chrono::milliseconds total_limit(const PlannedCheck& planned, const RunOptions& options) {
    const std::chrono::duration<double> several_times(4 * planned.seconds);
    return std::chrono::duration_cast<std::chrono::milliseconds>(several_times) +
           2 * options.silence_limit;
}

/// `so_far` gets how far the worker came, which counts if it does not end with a report.
Answer<json::object> ask(worker::Worker& worker, const PlannedCheck& planned,
                         const RunOptions& options, bool is_traced, CheckReport& so_far) {
    const auto on_event = [&](const json::object& document) {
        const auto event = parse_check_progress(document);
        if (event) {
            so_far.rounds = event->rounds.value_or(0);
            so_far.values_compared = event->values_compared.value_or(0);
        }
        if (event && options.on_progress) {
            options.on_progress(planned, event->progress);
        }
        return Result<void>();
    };
    return worker.run("check", params_of(planned, options, is_traced),
                      {.silence_limit = options.hang_limit.value_or(options.silence_limit),
                       .total_limit = total_limit(planned, options),
                       .on_event = on_event,
                       .interrupts = options.interrupts});
}

Verdict verdict_of(const Failure& failure) {
    switch (failure.outcome) {
        case Outcome::out_of_memory:
            return Verdict::out_of_memory;
        case Outcome::cancelled:
            return Verdict::not_run;
        case Outcome::timed_out:
        case Outcome::stuck:
            return Verdict::time_out;
        case Outcome::crashed:
        case Outcome::exited:
            return Verdict::crash;
        case Outcome::refused:
            return failure.error.code == ErrorCode::unavailable ? Verdict::skip : Verdict::error;
        case Outcome::no_device:
        case Outcome::violated:
            return Verdict::error;
    }
    return Verdict::error;
}

/// A worker that does not even start proves nothing about the device.
Verdict verdict_of_start(const Failure& failure) {
    const Verdict verdict = verdict_of(failure);
    return verdict == Verdict::not_run || verdict == Verdict::time_out ? verdict : Verdict::error;
}

void take(CheckResult& result, const Failure& failure, Verdict verdict) {
    result.report.verdict = verdict;
    if (verdict == Verdict::skip) {
        result.report.skip_reason = SkipReason::not_supported;
    }
    result.report.message = failure.error.message;
    result.hint = failure.error.hint;
    result.output = failure.output;
    if (verdict == Verdict::not_run && result.report.values_compared > 0) {
        result.report.message += fmt::format(" after {} values in {}, none of them wrong",
                                             format_count(result.report.values_compared),
                                             counted(result.report.rounds, "round", "rounds"));
    }
    if (verdict == Verdict::out_of_memory) {  // the backend thinks of training
        result.hint =
            "end other programs that use this memory, or raise the limit of the "
            "container or of 'ulimit -v'";
    }
}

void take(CheckResult& result, const json::object& document) {
    auto report = parse_check_report(document, "the worker's report");
    if (report) {
        result.report = std::move(*report);
        return;
    }
    result.report.verdict = Verdict::error;
    result.report.message = report.error().message;
    result.hint = "install the same version of trilby and the backend";
}

/// Whether to repeat the check: not after a pass, nor after a lack of memory or time.
bool is_failure(Verdict verdict) {
    return verdict == Verdict::fail || verdict == Verdict::crash || verdict == Verdict::error;
}

/// Adds what the worker was computing when it ended.
void take(CheckResult& result, std::optional<Operation> operation) {
    if (!operation || result.report.verdict < Verdict::out_of_memory) {
        return;
    }
    result.report.message +=
        fmt::format(" while computing {} in round {}", operation->text, operation->round);
    result.operation = std::move(operation);
}

bool ended_badly(Verdict verdict) {
    return verdict == Verdict::crash || verdict == Verdict::time_out ||
           verdict == Verdict::out_of_memory;
}

CheckResult run_in_worker(const PlannedCheck& planned, const RunOptions& options) {
    CheckResult result{.planned = planned};
    const auto trace = OperationTrace::create();  // without it the report says less
    auto worker = start_worker(options, trace ? trace->descriptor() : -1);
    if (!worker) {
        take(result, worker.error(), verdict_of_start(worker.error()));
        return result;
    }
    if (options.when_ready) {
        options.when_ready();
    }
    if (const auto answer = ask(*worker, planned, options, trace.has_value(), result.report)) {
        take(result, *answer);
    } else {
        take(result, answer.error(), verdict_of(answer.error()));
        take(result, trace ? trace->read() : std::nullopt);
    }
    return result;
}

/// Adds the findings of another process; the worse verdict counts.
void merge(CheckResult& into, const CheckResult& other, std::size_t process) {
    CheckReport& report = into.report;
    if (other.report.verdict > report.verdict) {
        report.verdict = other.report.verdict;
        report.skip_reason = other.report.skip_reason;
        report.message = fmt::format("process {}: {}", process + 1, other.report.message);
        into.hint = other.hint;
        into.output = other.output;
        into.operation = other.operation;
    }
    report.rounds += other.report.rounds;
    report.values_compared += other.report.values_compared;
    report.values_wrong += other.report.values_wrong;
    report.faults_injected += other.report.faults_injected;
    std::ranges::copy(other.report.mismatches, std::back_inserter(report.mismatches));
}

/// Several processes on one device at the same time, which share its memory and the CPUs.
CheckResult run_in_workers(const PlannedCheck& planned, const RunOptions& options) {
    const auto count = static_cast<std::size_t>(planned.check->workers);
    RunOptions shared = options;
    shared.memory_bytes /= count;
    shared.threads = std::max<std::int64_t>(1, options.threads / planned.check->workers);
    SplitMix64 seeds(planned.seed);
    std::vector<std::future<CheckResult>> others;
    for (std::size_t i = 1; i < count; ++i) {
        RunOptions silent = shared;
        silent.on_progress = {};
        silent.when_ready = {};
        PlannedCheck one = planned;
        one.seed = seeds() >> 11;
        others.push_back(
            std::async(std::launch::async, [one, silent] { return run_in_worker(one, silent); }));
    }
    CheckResult result = run_in_worker(planned, shared);
    for (std::size_t i = 1; i < count; ++i) {
        merge(result, others[i - 1].get(), i);
    }
    return result;
}

/// Reads what the device reports about itself; in a self-test, it may be wrong.
Reading read(const RunOptions& options) {
    constexpr double reported_share = 0.1;
    Reading reading = options.read_telemetry ? options.read_telemetry() : Reading{};
    if (options.fault == FaultClass::lying_telemetry) {
        for (auto* clock : {&reading.clock_mhz, &reading.mean_clock_mhz}) {
            *clock = *clock ? std::optional(**clock * reported_share) : std::nullopt;
        }
    }
    return reading;
}

/// A wrong clock can be detected only where it is compared with something.
bool knows_clock(const std::vector<Expectation>& expectations) {
    return std::ranges::any_of(expectations,
                               [](const Expectation& one) { return one.most.has_value(); });
}

/// Judges a check that came to its end by what the device reported and by its speeds.
void judge_watched(CheckResult& result, const TelemetryLog& log, const RunOptions& options) {
    log.judge(result.report);
    const auto expectations = options.expectations
                                  ? options.expectations(*result.planned.check, log.loaded_clocks())
                                  : std::vector<Expectation>();
    judge(result.report, expectations);
    if (const auto issue = judge_telemetry_cost(result.report)) {
        result.issues.push_back(*issue);
    }
    if (options.fault == FaultClass::lying_telemetry && knows_clock(expectations)) {
        ++result.report.faults_injected;
    }
}

/// Carries the check out while it watches the telemetry of the device, and judges by both.
CheckResult run_watched(const PlannedCheck& planned, const RunOptions& options) {
    TelemetryLog log([&] { return read(options); }, options.stuck_throttling);
    RunOptions watched = options;
    watched.on_progress = [&](const PlannedCheck& check, double part) {
        log.sample();
        if (options.on_progress) {
            options.on_progress(check, part);
        }
    };
    CheckResult result = planned.check->workers == 1 ? run_in_worker(planned, watched)
                                                     : run_in_workers(planned, watched);
    if (result.report.verdict == Verdict::not_run) {
        return result;
    }
    // After a crash, too: a device that dies counts errors, which tell why.
    log.add_to(result.report);
    result.errors = log.errors();
    if (came_to_its_end(result.report.verdict)) {
        judge_watched(result, log, options);
    }
    return result;
}

/// Finds out whether a failure depends on time or on the seed, unless the user stops that.
void repeat(CheckResult& result, const RunOptions& options) {
    const Verdict again = run_once(result.planned, options).report.verdict;
    if (again == Verdict::not_run) {
        return;
    }
    result.persistence =
        again == Verdict::pass ? Persistence::intermittent : Persistence::permanent;
    PlannedCheck other = result.planned;
    other.seed = SplitMix64(other.seed)() >> 11;
    const Verdict with_other_seed = run_once(other, options).report.verdict;
    if (with_other_seed != Verdict::not_run) {
        result.fails_with_other_seed = with_other_seed != Verdict::pass;
    }
}

/// Finds out which operation ends the worker.
void examine(CheckResult& result, const RunOptions& options) {
    CrashFindings findings = examine_crash(result, options);
    result.smallest = std::move(findings.smallest);
    if (findings.repeats_alone) {
        PlannedCheck round = result.planned;
        round.round = result.operation->round;
        result.replay = replay_command(round, options);
    }
}

worker::RequestOptions limits_of_requests(const RunOptions& options) {
    return {.silence_limit = options.silence_limit, .interrupts = options.interrupts};
}

/// The devices of the backend, at least one.
Answer<json::array> devices_of(worker::Worker& worker, const RunOptions& options) {
    const auto answer = worker.devices(limits_of_requests(options));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto devices = json::get_array(*answer, "devices", "the worker's devices");
    if (!devices) {
        return worker::refused(devices.error());
    }
    if (devices->empty()) {
        return worker::refused({ErrorCode::unavailable,
                                fmt::format("backend {} finds no device", options.backend),
                                "'trilby doctor --runtimes' shows why"});
    }
    return *devices;
}

Result<Subject> subject_of(const json::array& devices, std::int64_t index,
                           const RunOptions& options) {
    if (index >= static_cast<std::int64_t>(devices.size())) {
        return failure(ErrorCode::usage,
                       fmt::format("device {} does not exist; backend {} has {}", index,
                                   options.backend, devices.size()),
                       "leave out --device to use the first");
    }
    TRILBY_TRY(device,
               json::as_object(devices[static_cast<std::size_t>(index)], "the worker's device"));
    Subject subject{.backend = options.backend,
                    .device = index,
                    .uuid = options.uuid,
                    .device_name = json::get_string(device, "name", "device").value_or(""),
                    .pci_address = json::get_string(device, "pci_address", "device").value_or(""),
                    .threads = options.threads};
    subject.device_name = printable(subject.device_name, 200);
    subject.pci_address = printable(subject.pci_address, 64);
    if (const auto total = json::get_integer(device, "memory_total_bytes", "device");
        total && *total >= 0) {
        subject.memory_total_bytes = static_cast<std::uint64_t>(*total);
    }
    return subject;
}

}  // namespace

CheckResult run_once(const PlannedCheck& planned, const RunOptions& options) {
    if (planned.check->workers == 0) {
        return options.state_checks.at(planned.check->name)(planned);
    }
    const auto start = Clock::now();
    CheckResult result = run_watched(planned, options);
    result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return result;
}

CheckResult result_of(const PlannedCheck& planned, const Failure& failure) {
    CheckResult result{.planned = planned};
    const Verdict verdict = verdict_of(failure);
    take(result, failure, verdict == Verdict::skip ? Verdict::error : verdict);
    return result;
}

void follow_up(CheckResult& result, const RunOptions& options) {
    if (result.report.verdict == Verdict::pass || result.planned.check->workers == 0) {
        return;
    }
    result.replay = replay_command(result.planned, options);
    if (is_failure(result.report.verdict)) {
        repeat(result, options);
    }
    if (ended_badly(result.report.verdict)) {
        examine(result, options);
    }
    if (result.report.verdict == Verdict::crash && result.persistence == Persistence::permanent) {
        blame_library(result, options);
    }
}

CheckResult run_check(const PlannedCheck& planned, const RunOptions& options) {
    CheckResult result = run_once(planned, options);
    follow_up(result, options);
    return result;
}

CheckResult not_run(const PlannedCheck& planned, const std::string& why) {
    CheckResult result{.planned = planned};
    result.report.verdict = Verdict::not_run;
    result.report.message = why;
    return result;
}

std::vector<CheckResult> run_all(const std::vector<PlannedCheck>& plan, const RunOptions& options) {
    std::vector<CheckResult> results;
    bool is_stopped = false;
    for (const PlannedCheck& planned : plan) {
        CheckResult result =
            is_stopped ? not_run(planned, was_stopped) : run_check(planned, options);
        is_stopped = result.report.verdict == Verdict::not_run;
        if (options.on_result) {
            options.on_result(result);
        }
        results.push_back(std::move(result));
    }
    return results;
}

Answer<std::vector<Subject>> list_devices(const RunOptions& options) {
    auto worker = start_worker(options);
    if (!worker) {
        return std::unexpected(worker.error());
    }
    const auto devices = devices_of(*worker, options);
    if (!devices) {
        return std::unexpected(devices.error());
    }
    std::vector<Subject> subjects;
    for (std::size_t i = 0; i < devices->size(); ++i) {
        auto subject = subject_of(*devices, static_cast<std::int64_t>(i), options);
        if (!subject) {
            return worker::refused(subject.error());
        }
        subjects.push_back(std::move(*subject));
    }
    return subjects;
}

Answer<Subject> describe(const RunOptions& options) {
    auto worker = start_worker(options);
    if (!worker) {
        return std::unexpected(worker.error());
    }
    const auto devices = devices_of(*worker, options);
    if (!devices) {
        return std::unexpected(devices.error());
    }
    auto subject = subject_of(*devices, options.device, options);
    if (!subject) {
        return worker::refused(subject.error());
    }
    auto libraries = worker::known_answer(*worker, options.backend_module, options.device,
                                          limits_of_requests(options));
    if (!libraries) {
        return std::unexpected(libraries.error());
    }
    subject->libraries = std::move(*libraries);
    return std::move(*subject);
}

}  // namespace trilby::validate
