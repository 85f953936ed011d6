// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Prints two tables: every condition with the machine that has it and the one that nearly has it,
/// and every synthetic machine with its findings. Exits with 1 if a condition fails its case.
///
/// usage: doctor_table FOLDER_OF_MADE_MACHINES

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

bool has(const Diagnosis& diagnosis, const std::string& id) {
    const auto is_in = [&](const std::vector<Finding>& findings) {
        return std::ranges::find(findings, id, &Finding::id) != findings.end();
    };
    return is_in(diagnosis.findings) || is_in(diagnosis.consequences);
}

bool is_found(const ConditionCase& one, void (*change)(MadeFacts&)) {
    MadeFacts made = one.healthy();
    change(made);
    return has(diagnose(made.machine), one.id);
}

/// The number of conditions whose case fails.
int print_conditions() {
    std::map<std::string, Explanation> known;
    for (Explanation& condition : known_conditions()) {
        known.emplace(condition.id, std::move(condition));
    }
    fmt::print(
        "| condition | severity | found on | not found on | as expected |\n"
        "| --- | --- | --- | --- | --- |\n");
    int failed = 0;
    for (const ConditionCase& one : condition_cases()) {
        const bool is_right = is_found(one, one.fire) && !is_found(one, one.miss);
        failed += is_right ? 0 : 1;
        const Explanation& condition = known.at(one.id);
        fmt::print("| {} {} | {} | {} | {} | {} |\n", one.id, condition.title,
                   severity_name(condition.severity), one.fires_on, one.silent_on,
                   is_right ? "yes" : "NO");
    }
    fmt::print("\n{} conditions, {} not as expected\n\n", known.size(), failed);
    return failed;
}

std::string ids_of(const std::vector<Finding>& findings, Severity severity) {
    std::string ids;
    for (const Finding& finding : findings) {
        if (finding.severity == severity) {
            ids += fmt::format("{}{}", ids.empty() ? "" : " ", finding.id);
        }
    }
    return ids;
}

void print_machines(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> machines;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.is_directory()) {
            machines.push_back(entry.path());
        }
    }
    std::ranges::sort(machines);
    fmt::print("| machine | blocks | degrades | hint |\n| --- | --- | --- | --- |\n");
    for (const auto& machine : machines) {
        const Diagnosis diagnosis = diagnose(probe({.root = machine / "tree"}));
        fmt::print("| {} | {} | {} | {} |\n", machine.filename().string(),
                   ids_of(diagnosis.findings, Severity::blocks),
                   ids_of(diagnosis.findings, Severity::degrades),
                   ids_of(diagnosis.findings, Severity::hint));
    }
}

}  // namespace
}  // namespace trilby::testing

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: doctor_table FOLDER_OF_MADE_MACHINES\n");
        return 64;
    }
    const int failed = trilby::testing::print_conditions();
    trilby::testing::print_machines(argv[1]);
    return failed == 0 ? 0 : 1;
}
