// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/made_facts.hpp"

namespace trilby::testing {

MadeFacts healthy_cpu_machine() {
    MadeFacts made;
    made.machine.os = {.pretty_name = fact<std::string>("Fedora Linux 43"),
                       .id = fact<std::string>("fedora"),
                       .version_id = fact<std::string>("43"),
                       .kernel_release = fact<std::string>("6.18.5-200.fc43.x86_64",
                                                           "/proc/sys/kernel/osrelease")};
    made.machine.container.kind = fact(ContainerKind::none, "/run");
    made.machine.cpu.architecture = fact<std::string>("x86_64", "uname");
    made.machine.cpu.isa_level = fact<std::string>("x86-64-v4", "CPUID");
    made.machine.cpu.features =
        fact(std::vector<std::string>{"avx2", "fma", "avx512f", "avx512_bf16"}, "CPUID");
    made.machine.cpu.logical_cpus_online = fact<std::uint32_t>(16);
    made.machine.cpu.usable_cpus = fact<std::uint32_t>(16, "sched_getaffinity");
    made.machine.memory.total_bytes = fact<std::uint64_t>(64ULL << 30, "/proc/meminfo");
    made.machine.memory.available_bytes = fact<std::uint64_t>(60ULL << 30, "/proc/meminfo");
    made.machine.memory.swap_total_bytes = fact<std::uint64_t>(8ULL << 30, "/proc/meminfo");
    made.machine.pci_devices = fact(std::vector<PciDevice>(), "/sys/bus/pci/devices");
    made.machine.drivers = fact(std::vector<KernelDriver>(), "/sys/module");
    made.machine.device_nodes = fact(std::vector<DeviceNode>(), "/dev");
    made.machine.libraries = fact(std::vector<LibraryFile>(), "/etc/ld.so.conf.d");
    made.machine.cdi_specifications = fact(std::vector<CdiSpecification>(), "/etc/cdi");
    LibTorch libtorch;
    libtorch.folder = "/usr/lib64/python3.14/site-packages/torch/lib";
    libtorch.version = fact<std::string>("2.9.0");
    libtorch.flavour = fact<std::string>("cpu");
    libtorch.blas = fact<std::string>("openblas (flexiblas)", "/etc/flexiblasrc");
    libtorch.has_onednn = fact(true);
    libtorch.has_gloo = fact(true);
    made.machine.libtorch = fact(std::vector{libtorch}, "/usr/lib");
    made.set_boot_parameters({});
    made.set_file("/run/ostree-booted", false);
    return made;
}

}  // namespace trilby::testing
