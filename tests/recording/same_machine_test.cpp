// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Recording a machine changes no result: not what the doctor finds, not what the selection
/// answers, and no value other than in the words that are replaced.

#include <gtest/gtest.h>

#include "report/machine_json.hpp"
#include "support/recorded_machine.hpp"
#include "support/test_files.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>
#include <trilby/selection.hpp>

namespace trilby {
namespace {

namespace fs = std::filesystem;
using testing::RecordedMachine;
using testing::TemporaryFolder;

using Lines = std::vector<std::string>;

Lines judgments_of(const Machine& machine) {
    Lines lines;
    const Diagnosis diagnosis = diagnose(machine);
    for (const auto* findings : {&diagnosis.findings, &diagnosis.consequences}) {
        for (const Finding& finding : *findings) {
            lines.push_back(finding.id);
        }
    }
    const Selection selection =
        select_backend(machine, BackendFolder::present({}, "backends"), std::nullopt);
    for (const Candidate& candidate : selection.candidates) {
        for (const Requirement& requirement : candidate.requirements) {
            lines.push_back(candidate.name + " " + requirement.id + " " +
                            std::to_string(static_cast<int>(requirement.answer)));
        }
    }
    return lines;
}

bool is_replaced(const json::value& value) {
    return value.is_string() &&
           std::string_view(value.get_string()).find("redacted") != std::string_view::npos;
}

/// Compares the value at `path` of a machine and of its recording.
void expect_same(const json::value& recorded, const json::value& value, const std::string& path) {
    const json::object* object = value.if_object();
    const json::array* array = value.if_array();
    if (object != nullptr && recorded.is_object()) {
        EXPECT_EQ(recorded.get_object().size(), object->size()) << path;
        for (const auto& [key, member] : *object) {
            const json::value* other = recorded.get_object().if_contains(key);
            const std::string inner = path + "." + std::string(key);
            ASSERT_NE(other, nullptr) << inner;
            expect_same(*other, member, inner);
        }
    } else if (array != nullptr && recorded.is_array()) {
        ASSERT_EQ(recorded.get_array().size(), array->size()) << path;
        for (std::size_t i = 0; i < array->size(); ++i) {
            expect_same(recorded.get_array()[i], (*array)[i], path + "[" + std::to_string(i) + "]");
        }
    } else if (!is_replaced(recorded)) {
        EXPECT_EQ(json::serialize(recorded), json::serialize(value)) << path;
    }
}

void expect_same_when_recorded(const fs::path& root) {
    SCOPED_TRACE(root.string());
    const TemporaryFolder folder;
    const auto captured = capture(folder / "copy", {.root = root});
    ASSERT_TRUE(captured) << captured.error().message;
    const Machine machine = probe({.root = root});
    const Machine recorded = probe({.root = folder / "copy"});
    EXPECT_EQ(judgments_of(recorded), judgments_of(machine));
    expect_same(report::to_json(recorded), report::to_json(machine), "");
}

TEST(SameMachine, MadeMachines) {
    for (const auto& entry : fs::directory_iterator(testing::made_machines())) {
        if (entry.is_directory()) {
            expect_same_when_recorded(entry.path() / "tree");
        }
    }
}

TEST(SameMachine, ReportedMachines) {
    const RecordedMachine reported("reported/trees");
    if (!reported.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    for (const auto& entry : fs::directory_iterator(reported.root())) {
        expect_same_when_recorded(entry.path());
    }
}

TEST(SameMachine, RecordedMachines) {
    for (const char* name :
         {"sysfs-ryzen1600-radeon", "sysfs-accel", "kfd-mi210x8", "kfd-vega10"}) {
        const RecordedMachine recorded(name);
        if (!recorded.is_there()) {
            GTEST_SKIP() << RecordedMachine::missing;
        }
        if (fs::exists(recorded.root() / "topology")) {
            recorded.mount("/topology", "sys/class/kfd/kfd/topology");
        }
        expect_same_when_recorded(recorded.root());
    }
}

}  // namespace
}  // namespace trilby
