// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/engines.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

namespace trilby::group {
namespace {

using ::testing::HasSubstr;

Launched on_one_machine() {
    return {.launcher = "torchrun", .place = {.rank = 0, .size = 2}, .local_size = 2};
}

TEST(EngineFor, OneMachineNeedsNoNetwork) {
    EXPECT_EQ(engine_for(on_one_machine()), "shared-memory");
}

TEST(EngineFor, SeveralMachinesNeedGloo) {
    Launched launched = on_one_machine();
    launched.has_several_machines = true;
    EXPECT_EQ(engine_for(launched), "gloo");
}

TEST(EngineFor, ANetworkThatIsNamedIsUsed) {
    Launched launched = on_one_machine();
    launched.place.interface = "lo";
    EXPECT_EQ(engine_for(launched), "gloo");
}

TEST(EngineFor, ProcessesThatOnlyMpiFindsNeedIt) {
    Launched launched = on_one_machine();
    launched.mpi = "mpich";
    EXPECT_EQ(engine_for(launched), "mpich");
}

TEST(FindEngine, SaysWhichPackageBringsIt) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("gloo.so", "");
    EXPECT_EQ(*find_engine(folder.path(), "gloo"), folder / "gloo.so");
    const auto missing = find_engine(folder.path(), "openmpi");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::unavailable);
    EXPECT_THAT(missing.error().message, HasSubstr("openmpi.so"));
    EXPECT_THAT(missing.error().hint, HasSubstr("trilby-openmpi"));
}

}  // namespace
}  // namespace trilby::group
