// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/processes.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/option_text.hpp"
#include "group/engines.hpp"
#include "install/folders.hpp"
#include "platform/environment.hpp"

namespace trilby::cli {
namespace {

constexpr std::int64_t most_processes = 1024;

Result<void> check_launched(const group::Launched& launched, const ProcessOptions& options) {
    if (options.processes.value_or(1) > 1) {
        return failure(
            ErrorCode::usage,
            fmt::format("{} started this as process {} of {}, so --processes cannot start "
                        "others",
                        launched.launcher, launched.place.rank, launched.place.size),
            "leave out --processes");
    }
    if (launched.has_several_machines && launched.place.interface.empty() && launched.mpi.empty()) {
        return failure(
            ErrorCode::usage,
            fmt::format("the {} processes of {} run on several machines, and Trilby uses a network "
                        "only if its interface is named",
                        launched.place.size, launched.launcher),
            "give --interface NAME, such as eth0 ('ip address' lists them); what the processes "
            "send is not encrypted");
    }
    return {};
}

}  // namespace

void add_process_options(CLI::App& parser, ProcessOptions& options) {
    parser
        .add_option(
            "--processes", options.processes,
            "Train in this many processes on this machine, each with a share of every batch")
        ->transform(whole_number(1, most_processes))
        ->type_name("N")
        ->default_str("1");
    parser
        .add_option("--interface", options.interface,
                    "Network interface to other machines, for processes of a launcher")
        ->type_name("NAME");
}

Result<Processes> find_processes(const ProcessOptions& options,
                                 const std::optional<train::Sharing>& before,
                                 std::chrono::milliseconds limit) {
    // A worker must give up before it counts as silent. An exchange between GPUs may fail first,
    // after another tenth of this time.
    const std::chrono::duration<double> seconds = 0.8 * std::chrono::duration<double>(limit);
    const std::filesystem::path engines = install::engine_folder();
    TRILBY_TRY(launched, group::launched_by([](const std::string& name) {
                   return platform::environment_variable(name.c_str());
               }));
    if (launched) {
        launched->place.timeout_s = seconds.count();
        if (!options.interface.empty()) {
            launched->place.interface = options.interface;
        }
        TRILBY_CHECK(check_launched(*launched, options));
        TRILBY_TRY(engine, group::find_engine(engines, group::engine_for(*launched)));
        launched->place.engine = engine;
        return Processes{.launched = std::move(launched), .before = before};
    }
    const std::int64_t processes = options.processes.value_or(before ? before->processes : 1);
    if (processes == 1) {
        return Processes{.before = before};
    }
    TRILBY_TRY(engine, group::find_engine(engines, group::local_engine));
    return Processes{
        .team = {.processes = processes, .engine = engine, .timeout_s = seconds.count()},
        .before = before};
}

std::string in_words(const Processes& processes) {
    const auto& launched = processes.launched;
    const std::filesystem::path engine =
        launched ? std::filesystem::path(launched->place.engine) : processes.team.engine;
    return fmt::format("{}{}, over {}", launched ? launched->place.size : processes.team.processes,
                       launched ? ", started by " + launched->launcher : " on this machine",
                       engine.stem().string());
}

void share_machine(Processes& processes, const std::string& backend, const Machine& machine,
                   bool has_threads, train::SessionOptions& session) {
    const bool has_gpus = backend != "cpu";
    processes.team.has_gpus = has_gpus;
    std::int64_t sharing = processes.team.processes;
    if (processes.launched) {
        session.device += has_gpus ? processes.launched->local_rank : 0;
        // A launcher that binds its processes has shared the CPUs already.
        const bool is_bound =
            machine.cpu.usable_cpus.value_or(1) < machine.cpu.logical_cpus_online.value_or(1);
        sharing = is_bound ? 1 : processes.launched->local_size;
    }
    if (!has_threads) {
        session.threads = processes.before ? processes.before->threads
                                           : std::max<std::int64_t>(1, session.threads / sharing);
    }
}

}  // namespace trilby::cli
