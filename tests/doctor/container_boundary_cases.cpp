// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"
#include "doctor/made_containers.hpp"

namespace trilby::testing {
namespace {

void set_host_libraries(MadeFacts& made, const std::string& release) {
    show_host(made, {made_library("/usr/lib64/libcuda.so.1", release),
                     made_library("/usr/lib64/libnvidia-ml.so.1", release)});
}

void show_host_without_cuda(MadeFacts& made) {
    made.remove_library("libcuda.so.1");
    show_host(made, {made_library("/usr/lib64/libnvidia-ml.so.1", "580.95.05")});
}

void set_group_nodes(MadeFacts& made, std::vector<std::string> paths) {
    made.machine.environment.group_nodes = fact(std::move(paths), "nodes that a group may open");
}

}  // namespace

std::vector<ConditionCase> container_boundary_cases() {
    return {
        {"TRL-C026", "a toolbox and its host without libcuda.so.1", show_host_without_cuda,
         "the host has it",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             set_host_libraries(made, "580.95.05");
         },
         healthy_toolbx},
        {"TRL-C027", "host libraries 580.105.08 and kernel module 580.95.05",
         [](MadeFacts& made) { set_host_libraries(made, "580.105.08"); },
         "host libraries 580.95.05", [](MadeFacts& made) { set_host_libraries(made, "580.95.05"); },
         healthy_toolbx},
        {"TRL-C028", "a distrobox without the host's /dev/nvidia-uvm",
         [](MadeFacts& made) {
             show_host(made, {});
             made.remove_node("/dev/nvidia-uvm");
         },
         "neither has the node",
         [](MadeFacts& made) {
             made.remove_node("/dev/nvidia-uvm");
             show_host(made, {});
         },
         healthy_distrobox},
        {"TRL-C029", "/dev/kfd is open to the user by its group, and Toolbx is installed",
         [](MadeFacts& made) { set_group_nodes(made, {"/dev/kfd"}); }, "no node is",
         [](MadeFacts& made) { set_group_nodes(made, {}); }, healthy_nvidia_host},
    };
}

}  // namespace trilby::testing
