// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/launcher.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::group {
namespace {

/// The variables of a launcher; nullptr where it has none.
struct Variables {
    const char* launcher;
    const char* rank;
    const char* size;
    const char* local_rank;
    const char* local_size;
    const char* mpi = "";
};

// The most specific first: torchrun may itself run under Slurm or in a pod.
constexpr std::array launchers{
    Variables{"torchrun", "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"},
    Variables{"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
              "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "openmpi"},
    // Set for the tasks of srun, but not for the script of sbatch, which runs once.
    Variables{"Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", nullptr},
    Variables{"MPICH", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", "mpich"},
    Variables{"Kubeflow", "PET_NODE_RANK", "PET_NNODES", nullptr, nullptr}};

Result<std::int64_t> number(const Environment& environment, const char* name,
                            std::int64_t otherwise) {
    const auto text = name == nullptr ? std::nullopt : environment(name);
    if (!text) {
        return otherwise;
    }
    const auto value = parse_number<std::int64_t>(*text);
    if (!value || *value < 0 || *value > 1'000'000) {
        return failure(ErrorCode::usage,
                       fmt::format("the environment variable {} is '{}', expected a whole number",
                                   name, printable(*text, 64)),
                       fmt::format("start the processes with their launcher, or remove {}", name));
    }
    return *value;
}

/// The number at the start of a text; 1 if there is none.
std::int64_t leading_number(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    return std::max<std::int64_t>(1, parse_number<std::int64_t>(text.substr(0, end)).value_or(1));
}

/// "node[03-05,9],other" begins with "node03".
std::string first_host(std::string_view nodes) {
    const std::size_t bracket = nodes.find('[');
    const std::size_t comma = nodes.find(',');
    if (bracket == nodes.npos || comma < bracket) {
        return std::string(nodes.substr(0, comma));
    }
    const std::string_view range = nodes.substr(bracket + 1);
    return std::string(nodes.substr(0, bracket)) +
           std::string(range.substr(0, range.find_first_of("-,]")));
}

/// A port that all tasks of a job compute alike, and that other jobs on the machine are unlikely to
/// have.
std::int64_t port_of_job(const Environment& environment) {
    const auto id = parse_number<std::int64_t>(environment("SLURM_JOB_ID").value_or("0"));
    return 15'000 + id.value_or(0) % 4'096;
}

Result<void> find_store(Launched& launched, const char* mpi, const Environment& environment) {
    Place& place = launched.place;
    const bool is_kubeflow = launched.launcher == "Kubeflow";
    const auto host = environment(is_kubeflow ? "PET_MASTER_ADDR" : "MASTER_ADDR");
    const char* const port_name = is_kubeflow ? "PET_MASTER_PORT" : "MASTER_PORT";
    if (host && !host->empty()) {
        place.store_host = *host;
        TRILBY_TRY(port, number(environment, port_name, 29'500));
        place.store_port = port;
    } else if (launched.launcher == "Slurm") {
        place.store_host = first_host(environment("SLURM_STEP_NODELIST").value_or("127.0.0.1"));
        place.store_port = port_of_job(environment);
    } else {
        launched.mpi = mpi;
    }
    place.has_store = environment("TORCHELASTIC_USE_AGENT_STORE").value_or("") == "True";
    // A restarted group must not read what the one before wrote.
    place.store_prefix =
        fmt::format("trilby/{}", environment("TORCHELASTIC_RESTART_COUNT").value_or("0"));
    return {};
}

Result<std::optional<Launched>> launched_by(const Variables& variables,
                                            const Environment& environment) {
    TRILBY_TRY(rank, number(environment, variables.rank, -1));
    TRILBY_TRY(size, number(environment, variables.size, 1));
    if (rank < 0 || size <= 1) {
        return std::nullopt;
    }
    if (rank >= size) {
        return failure(
            ErrorCode::usage,
            fmt::format("the environment variables {} and {} say that this is process {} "
                        "of {}",
                        variables.rank, variables.size, rank, size),
            "ranks count from 0; start the processes with their launcher");
    }
    TRILBY_TRY(local_rank, number(environment, variables.local_rank, 0));
    // Slurm has no variable for it, but one such as "2(x3)" for all machines.
    TRILBY_TRY(local_size, variables.launcher == std::string_view("Slurm")
                               ? Result<std::int64_t>(leading_number(
                                     environment("SLURM_STEP_TASKS_PER_NODE").value_or("1")))
                               : number(environment, variables.local_size, 1));
    Launched launched{.launcher = variables.launcher,
                      .place = {.rank = rank, .size = size},
                      .local_rank = local_rank,
                      .local_size = local_size,
                      .has_several_machines = local_size < size};
    launched.place.interface = environment("GLOO_SOCKET_IFNAME").value_or("");
    TRILBY_CHECK(find_store(launched, variables.mpi, environment));
    if (launched.place.store_host.empty() && launched.mpi.empty()) {
        return failure(ErrorCode::usage,
                       fmt::format("{} says that this is process {} of {}, but not where the first "
                                   "one is",
                                   launched.launcher, rank, size),
                       "set MASTER_ADDR and MASTER_PORT to the host of process 0 and a free port");
    }
    return std::optional(std::move(launched));
}

}  // namespace

Result<std::optional<Launched>> launched_by(const Environment& environment) {
    for (const Variables& variables : launchers) {
        TRILBY_TRY(launched, launched_by(variables, environment));
        if (launched) {
            return std::move(launched);
        }
    }
    return std::nullopt;
}

}  // namespace trilby::group
