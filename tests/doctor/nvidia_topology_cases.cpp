// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void add_switches(MadeFacts& made) {
    made.machine.environment.nvswitches =
        fact(std::vector<std::string>{"0000:07:00.0"}, "/sys/bus/pci/devices");
    made.set_file("/run/nvidia-fabricmanager", false);
}

void set_twins(MadeFacts& made, const char* iommu_domain) {
    add_nvidia_card(made);
    std::vector<NvidiaGpu> gpus(2, made.machine.nvidia_gpus->front());
    for (NvidiaGpu& gpu : gpus) {
        gpu.iommu_domain =
            fact<std::string>(iommu_domain, "/sys/bus/pci/devices/0000:01:00.0/iommu_group/type");
    }
    gpus.back().pci_address = "0000:21:00.0";
    made.machine.nvidia_gpus = fact(std::move(gpus), "/proc/driver/nvidia/gpus");
}

}  // namespace

std::vector<ConditionCase> nvidia_topology_cases() {
    return {
        {"TRL-N052", "NVSwitch without a fabric manager",
         [](MadeFacts& made) {
             add_switches(made);
             made.set_file("/usr/bin/nv-fabricmanager", false);
         },
         "it is not known whether one is installed", add_switches, healthy_nvidia_machine},
        {"TRL-N052", "NVSwitch and a fabric manager that was not started",
         [](MadeFacts& made) {
             add_switches(made);
             made.set_file("/usr/bin/nv-fabricmanager", true);
         },
         "one that runs",
         [](MadeFacts& made) {
             add_switches(made);
             made.set_file("/usr/bin/nv-fabricmanager", true);
             made.set_file("/run/nvidia-fabricmanager", true);
         },
         healthy_nvidia_machine},
        {"TRL-N053", "two cards of one model in translating IOMMU groups",
         [](MadeFacts& made) { set_twins(made, "DMA-FQ"); }, "groups that do not translate",
         [](MadeFacts& made) { set_twins(made, "identity"); }, healthy_nvidia_machine},
        {"TRL-N053", "two cards in groups of the type DMA",
         [](MadeFacts& made) { set_twins(made, "DMA"); }, "the same with NCCL_P2P_DISABLE=1",
         [](MadeFacts& made) {
             set_twins(made, "DMA");
             made.set_variable("NCCL_P2P_DISABLE", "1");
         },
         healthy_nvidia_machine},
    };
}

}  // namespace trilby::testing
