// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <trilby/gpu_target.hpp>

namespace trilby {
namespace {

TEST(GpuTarget, NvidiaMachineCodeRunsOnLaterGpusOfItsGeneration) {
    EXPECT_TRUE(target_runs_on("sm_80", "sm_80"));
    EXPECT_TRUE(target_runs_on("sm_80", "sm_86"));
    EXPECT_FALSE(target_runs_on("sm_86", "sm_80"));
    EXPECT_FALSE(target_runs_on("sm_80", "sm_90"));
    EXPECT_TRUE(target_runs_on("sm_120", "sm_121"));
    EXPECT_FALSE(target_runs_on("sm_100", "sm_120"));
}

TEST(GpuTarget, PtxRunsOnAnyLaterGpu) {
    EXPECT_TRUE(target_runs_on("compute_90", "sm_90"));
    EXPECT_TRUE(target_runs_on("compute_90", "sm_120"));
    EXPECT_FALSE(target_runs_on("compute_90", "sm_89"));
}

TEST(GpuTarget, CodeForOneGpuRunsOnlyOnThatGpu) {
    EXPECT_TRUE(target_runs_on("sm_90a", "sm_90"));
    EXPECT_FALSE(target_runs_on("sm_100a", "sm_103"));
    EXPECT_FALSE(target_runs_on("compute_90a", "sm_100"));
}

TEST(GpuTarget, CodeForAFamilyRunsOnItsLaterMembers) {
    EXPECT_TRUE(target_runs_on("sm_100f", "sm_100"));
    EXPECT_TRUE(target_runs_on("sm_100f", "sm_103"));
    EXPECT_TRUE(target_runs_on("compute_120f", "sm_121"));
    EXPECT_FALSE(target_runs_on("compute_100f", "sm_120"));
}

TEST(GpuTarget, AmdCodeRunsOnItsProcessor) {
    EXPECT_TRUE(target_runs_on("gfx1100", "gfx1100"));
    EXPECT_FALSE(target_runs_on("gfx1100", "gfx1101"));
    EXPECT_FALSE(target_runs_on("gfx90", "gfx90a"));
}

TEST(GpuTarget, AmdCodeWithAnOppositeFeatureDoesNotRun) {
    EXPECT_TRUE(target_runs_on("gfx90a:xnack-", "gfx90a:sramecc+:xnack-"));
    EXPECT_FALSE(target_runs_on("gfx90a:xnack+", "gfx90a:sramecc+:xnack-"));
    EXPECT_TRUE(target_runs_on("gfx90a", "gfx90a:sramecc+:xnack-"));
    EXPECT_TRUE(target_runs_on("gfx90a:sramecc+:xnack+", "gfx90a")) << "the feature is unknown";
}

TEST(GpuTarget, GenericCodeRunsOnlyOnItsMembers) {
    EXPECT_TRUE(target_runs_on("gfx9-generic", "gfx906"));
    EXPECT_TRUE(target_runs_on("gfx9-generic:xnack-", "gfx90c"));
    EXPECT_TRUE(target_runs_on("gfx9-4-generic", "gfx942:sramecc+:xnack-"));
    EXPECT_TRUE(target_runs_on("gfx10-1-generic", "gfx1012"));
    EXPECT_TRUE(target_runs_on("gfx10-3-generic", "gfx1036"));
    EXPECT_TRUE(target_runs_on("gfx11-generic", "gfx1151"));
    EXPECT_TRUE(target_runs_on("gfx12-generic", "gfx1201"));
    for (const char* gpu : {"gfx908", "gfx90a", "gfx942"}) {
        EXPECT_FALSE(target_runs_on("gfx9-generic", gpu)) << gpu;
    }
    EXPECT_FALSE(target_runs_on("gfx10-1-generic", "gfx1030"));
}

TEST(GpuTarget, OtherWordsRunNowhere) {
    for (const char* target : {"", "sm_", "sm_x", "sm_90b", "compute_", ":", "gfx", "host"}) {
        for (const char* gpu : {"", "sm_90", "gfx90a", ":"}) {
            EXPECT_FALSE(target_runs_on(target, gpu)) << target << " on " << gpu;
        }
    }
    EXPECT_FALSE(target_runs_on("sm_90", "compute_90"));
    EXPECT_FALSE(target_runs_on("sm_90", "gfx90a"));
    EXPECT_FALSE(target_runs_on("gfx90a", "sm_90"));
}

}  // namespace
}  // namespace trilby
