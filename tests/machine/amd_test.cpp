// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/amd.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

Machine machine_with(std::vector<EnvironmentVariable> variables) {
    Machine machine;
    machine.environment.variables = std::move(variables);
    return machine;
}

EnvironmentVariable variable_of(const std::string& name, const std::string& value) {
    return {name, Observed<std::string>::present(value, name)};
}

TEST(AmdBuilds, AFolderMayServeAFamily) {
    EXPECT_EQ(amd_build_folder("gfx1102"), "gfx110X-all");
    EXPECT_EQ(amd_build_folder("gfx1103"), "gfx110X-all");
    EXPECT_EQ(amd_build_folder("gfx1151"), "gfx1151");
    EXPECT_EQ(amd_build_folder("gfx942"), "gfx94X-dcgpu");
}

TEST(AmdBuilds, SomeTargetsHaveNone) {
    EXPECT_EQ(amd_build_folder("gfx906"), "");
    EXPECT_EQ(amd_build_folder("gfx110"), "");
    EXPECT_EQ(amd_build_folder(""), "");
}

TEST(TargetOverride, ThatOfTheNodeTakesPrecedence) {
    KfdNode node;
    node.number = 2;
    const Machine machine = machine_with({variable_of("HSA_OVERRIDE_GFX_VERSION", "11.0.0"),
                                          variable_of("HSA_OVERRIDE_GFX_VERSION_2", "10.3.0")});
    EXPECT_EQ(target_override(machine, node).value_or(""), "10.3.0");
    node.number = 1;
    EXPECT_EQ(target_override(machine, node).value_or(""), "11.0.0");
}

TEST(TargetOverride, IsAbsentIfOnlyAnotherNodeHasOne) {
    KfdNode node;
    node.number = 1;
    const Machine machine = machine_with({variable_of("HSA_OVERRIDE_GFX_VERSION_2", "10.3.0")});
    EXPECT_EQ(target_override(machine, node).presence(), Presence::absent);
}

}  // namespace
}  // namespace trilby
