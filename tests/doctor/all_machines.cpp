// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/all_machines.hpp"

#include <filesystem>

#include "doctor/cases.hpp"
#include "support/test_files.hpp"

namespace trilby::testing {
namespace {

void add_with_containers(std::vector<NamedMachine>& machines, const std::string& name,
                         const Machine& machine) {
    machines.push_back({name, machine});
    for (const ContainerKind kind : {ContainerKind::toolbx, ContainerKind::podman}) {
        machines.push_back({name + " in " + std::string(container_name(kind)), machine});
        machines.back().machine.container.kind = fact(kind);
    }
}

}  // namespace

std::vector<NamedMachine> all_machines() {
    std::vector<NamedMachine> machines;
    for (const ConditionCase& one : condition_cases()) {
        for (auto* const change : {one.fire, one.miss}) {
            MadeFacts made = one.healthy();
            change(made);
            const char* what = change == one.fire ? one.fires_on : one.silent_on;
            add_with_containers(machines, std::string(one.id) + ", " + what, made.machine);
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator(made_machines())) {
        if (entry.is_directory()) {
            add_with_containers(machines, entry.path().filename().string(),
                                probe({.root = entry.path() / "tree"}));
        }
    }
    return machines;
}

}  // namespace trilby::testing
