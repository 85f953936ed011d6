// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The environment variables of launchers of several processes: torchrun, Slurm, mpirun, Kubeflow.

#pragma once

#include <functional>
#include <optional>
#include <string>

#include "group/place.hpp"
#include <trilby/result.hpp>

namespace trilby::group {

/// The value of a variable; nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

struct Launched {
    std::string launcher;         ///< "torchrun"
    Place place;                  ///< without its engine
    std::int64_t local_rank = 0;  ///< among the processes of this machine
    std::int64_t local_size = 1;
    bool has_several_machines = false;
    /// The MPI of a launcher that gives no address, so that only this MPI can find the others:
    /// "openmpi" or "mpich".
    std::string mpi = {};
};

/// The place that the launcher of this process gave it. Nothing if it was started alone.
/// ErrorCode::usage for variables that contradict each other or cannot be true.
[[nodiscard]] Result<std::optional<Launched>> launched_by(const Environment& environment);

}  // namespace trilby::group
