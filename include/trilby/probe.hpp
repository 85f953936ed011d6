// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a machine is made of, as files tell. The probe loads no vendor library, starts no process
/// and takes milliseconds. Vendors' runtimes are asked only on request, in processes of their own.

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
    Observed<bool> is_atomic;  ///< its system is an image that packages are layered on
    Observed<std::vector<DeviceNode>> device_nodes;
    Observed<std::vector<LibraryFile>> libraries;
};

/// A list is absent as a whole if the folder that it comes from is absent. An empty list means that
/// the machine was looked at and has none.
struct Machine {
    OperatingSystem os;
    Kernel kernel;
    Container container;
    Observed<Host> host;  ///< absent outside of containers, and in those that hide it
    Cpu cpu;
    Memory memory;
    Observed<std::vector<PciDevice>> pci_devices;
    Observed<std::vector<DrmNode>> drm_nodes;
    Observed<std::vector<NvidiaGpu>> nvidia_gpus;
    Observed<std::vector<AmdGpu>> amd_gpus;
    Observed<std::vector<KfdNode>> kfd_nodes;
    Observed<std::vector<KernelDriver>> drivers;  ///< the loaded ones that drive accelerators
    Observed<std::vector<DeviceNode>> device_nodes;
    Observed<std::vector<CdiSpecification>> cdi_specifications;
    Observed<std::vector<LibraryFile>> libraries;  ///< the first found is the one that is loaded
    Observed<std::vector<LibTorch>> libtorch;      ///< in the places where packages put it
    Observed<std::vector<Runtime>> runtimes;       ///< absent unless they were asked
    Environment environment;
};

struct ProbeOptions {
    /// "/" for this machine, or a folder with the /proc, /sys, /dev, /etc of a recorded one.
    std::filesystem::path root = "/";
    /// The time that each vendor's runtime may take to answer; without one they are not asked.
    /// Asking wakes sleeping cards. A recorded machine gives its recorded answers.
    std::optional<std::chrono::milliseconds> runtimes_limit = std::nullopt;
};

/// Never fails: a value that cannot be read says so in its Observed. Safe to call from any thread.
[[nodiscard]] TRILBY_API Machine probe(const ProbeOptions& options = {});

/// Probes, and writes every file that was read below `folder`, which must be new or empty. A probe
/// with that folder as its root gives the same machine. Host and user names, UUIDs, MAC addresses
/// and serial numbers are replaced. After an error the folder may hold a part.
[[nodiscard]] TRILBY_API Result<void> capture(const std::filesystem::path& folder,
                                              const ProbeOptions& options = {});

}  // namespace trilby
