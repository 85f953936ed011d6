// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/launcher.hpp"

#include <gmock/gmock.h>
#include <map>

namespace trilby::group {
namespace {

using ::testing::HasSubstr;

using Variables = std::map<std::string, std::string>;

Result<std::optional<Launched>> launched(const Variables& variables) {
    return launched_by([&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

TEST(LaunchedBy, NobodyWithoutVariablesOrWithOneProcess) {
    EXPECT_FALSE(launched({}).value());
    EXPECT_FALSE(launched({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).value());
    EXPECT_FALSE(launched({{"WORLD_SIZE", "4"}}).value());
    // The script of sbatch runs once, whatever the number of tasks.
    EXPECT_FALSE(launched({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}).value());
}

TEST(LaunchedBy, Torchrun) {
    const auto found = launched({{"RANK", "3"},
                                 {"WORLD_SIZE", "4"},
                                 {"LOCAL_RANK", "1"},
                                 {"LOCAL_WORLD_SIZE", "2"},
                                 {"MASTER_ADDR", "node1"},
                                 {"MASTER_PORT", "29400"},
                                 {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                 {"TORCHELASTIC_RESTART_COUNT", "2"},
                                 {"SLURM_PROCID", "0"},
                                 {"SLURM_STEP_NUM_TASKS", "2"}})
                           .value()
                           .value();
    EXPECT_EQ(found.launcher, "torchrun");
    EXPECT_EQ(found.place.rank, 3);
    EXPECT_EQ(found.place.size, 4);
    EXPECT_EQ(found.local_rank, 1);
    EXPECT_EQ(found.local_size, 2);
    EXPECT_TRUE(found.has_several_machines);
    EXPECT_EQ(found.place.store_host, "node1");
    EXPECT_EQ(found.place.store_port, 29400);
    EXPECT_TRUE(found.place.has_store);
    EXPECT_EQ(found.place.store_prefix, "trilby/2");
    EXPECT_EQ(found.mpi, "");
}

TEST(LaunchedBy, SlurmFindsTheFirstHostOfTheStep) {
    const auto host = [](const char* nodes) {
        return launched({{"SLURM_PROCID", "1"},
                         {"SLURM_STEP_NUM_TASKS", "2"},
                         {"SLURM_STEP_TASKS_PER_NODE", "2(x1)"},
                         {"SLURM_LOCALID", "1"},
                         {"SLURM_JOB_ID", "4100"},
                         {"SLURM_STEP_NODELIST", nodes}})
            .value()
            .value();
    };
    EXPECT_EQ(host("node[03-05,9],other").place.store_host, "node03");
    EXPECT_EQ(host("a,b").place.store_host, "a");
    EXPECT_EQ(host("single").place.store_host, "single");
    EXPECT_EQ(host("single").place.store_port, 15'000 + 4);
    EXPECT_EQ(host("single").local_rank, 1);
    EXPECT_FALSE(host("single").has_several_machines);
}

TEST(LaunchedBy, MpiIsNeededWhereNoAddressIsGiven) {
    const Variables openmpi{{"OMPI_COMM_WORLD_RANK", "0"},
                            {"OMPI_COMM_WORLD_SIZE", "2"},
                            {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}};
    EXPECT_EQ(launched(openmpi).value()->mpi, "openmpi");
    Variables with_address = openmpi;
    with_address["MASTER_ADDR"] = "127.0.0.1";
    EXPECT_EQ(launched(with_address).value()->mpi, "");
    EXPECT_EQ(launched(with_address).value()->place.store_port, 29'500);
    EXPECT_EQ(launched({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}).value()->mpi, "mpich");
}

TEST(LaunchedBy, KubeflowsTrainer) {
    const auto found = launched({{"PET_NODE_RANK", "1"},
                                 {"PET_NNODES", "2"},
                                 {"PET_NPROC_PER_NODE", "1"},
                                 {"PET_MASTER_ADDR", "pod-0.svc"},
                                 {"PET_MASTER_PORT", "29500"}})
                           .value()
                           .value();
    EXPECT_EQ(found.launcher, "Kubeflow");
    EXPECT_EQ(found.place.store_host, "pod-0.svc");
    EXPECT_TRUE(found.has_several_machines);
}

std::string error_of(const Variables& variables) {
    const auto found = launched(variables);
    return found ? "none" : found.error().message;
}

TEST(LaunchedBy, RefusesWhatCannotBeTrue) {
    EXPECT_THAT(error_of({{"RANK", "one"}, {"WORLD_SIZE", "2"}}),
                HasSubstr("the environment variable RANK is 'one'"));
    EXPECT_THAT(error_of({{"RANK", "-1"}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK is '-1'"));
    EXPECT_THAT(error_of({{"RANK", "2"}, {"WORLD_SIZE", "2"}}), HasSubstr("process 2 of 2"));
    EXPECT_THAT(error_of({{"RANK", "0"}, {"WORLD_SIZE", "2"}}),
                HasSubstr("not where the first one is"));
    EXPECT_THAT(error_of({{"RANK", "0"},
                          {"WORLD_SIZE", "2"},
                          {"MASTER_ADDR", "a"},
                          {"MASTER_PORT", "99999999999999"}}),
                HasSubstr("MASTER_PORT"));
}

}  // namespace
}  // namespace trilby::group
