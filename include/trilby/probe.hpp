// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the hardware and software of a machine from files. The probe loads no vendor library,
/// starts no process and takes milliseconds. It queries vendors' runtimes only on request, each in
/// a separate process.

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include <trilby/environment.hpp>
#include <trilby/export.hpp>
#include <trilby/hardware.hpp>
#include <trilby/observed.hpp>
#include <trilby/result.hpp>
#include <trilby/software.hpp>

namespace trilby {

/// The system around a container, as far as the container shows it. Toolbx and Distrobox show it in
/// /run/host. Paths are the host's own.
struct Host {
    OperatingSystem os;
    Observed<bool> is_atomic;  ///< the system is an image with layered packages
    Observed<std::vector<DeviceNode>> device_nodes;
    Observed<std::vector<LibraryFile>> libraries;
};

/// A list is absent if the folder that it is read from is absent. An empty list means that the
/// machine has none.
struct Machine {
    OperatingSystem os;
    Kernel kernel;
    Container container;
    Observed<Host> host;  ///< absent outside containers and in those that hide it
    Cpu cpu;
    Memory memory;
    Observed<std::vector<PciDevice>> pci_devices;
    Observed<std::vector<DrmNode>> drm_nodes;
    Observed<std::vector<NvidiaGpu>> nvidia_gpus;
    Observed<std::vector<AmdGpu>> amd_gpus;
    Observed<std::vector<KfdNode>> kfd_nodes;
    Observed<std::vector<KernelDriver>> drivers;  ///< loaded drivers for accelerators
    Observed<std::vector<DeviceNode>> device_nodes;
    Observed<std::vector<CdiSpecification>> cdi_specifications;
    Observed<std::vector<LibraryFile>> libraries;  ///< the loader takes the first with a name
    Observed<std::vector<LibTorch>> libtorch;      ///< in the folders that packages use
    Observed<std::vector<Runtime>> runtimes;       ///< absent unless they were queried
    Environment environment;
};

struct ProbeOptions {
    /// "/" for this machine, or a folder with /proc, /sys, /dev and /etc of a recorded machine.
    std::filesystem::path root = "/";
    /// The time limit for each vendor's runtime; without a limit, runtimes are not queried.
    /// Querying wakes sleeping cards. A recorded machine gives its recorded answers.
    std::optional<std::chrono::milliseconds> runtimes_limit = std::nullopt;
};

/// Never fails: a value that cannot be read has the reason in its Observed. Thread-safe.
[[nodiscard]] TRILBY_API Machine probe(const ProbeOptions& options = {});

/// Probes, and records what was read in `folder`, which must be new or empty (else
/// ErrorCode::cannot_create). A probe with that folder as its root gives the same machine, in which
/// every word that may be personal is replaced. The folder appears once the recording is whole.
/// ErrorCode::bad_data if the root is itself a recording that is not whole.
[[nodiscard]] TRILBY_API Result<void> capture(const std::filesystem::path& folder,
                                              const ProbeOptions& options = {});

}  // namespace trilby
