// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Processes that train together, as threads. Memory of the host stands for that of their devices,
/// and the library of tests/vendors for NCCL.

#include "backends/torch/training_group.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <future>
#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

namespace trilby::backends {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t processes = 3;
constexpr std::int64_t steps = 4;

/// What a process has after its steps.
struct Outcome {
    std::optional<std::string> exchange = {};
    std::vector<torch::Tensor> sums = {};  ///< loss and gradients of all steps
    std::vector<bool> wishes = {};
    std::optional<Error> error = {};
};

using Links = std::vector<std::optional<group::DeviceLink>>;

Links no_links() {
    return Links(processes);
}

Links links_with(const std::string& library) {
    Links links;
    for (std::int64_t rank = 0; rank < processes; ++rank) {
        links.push_back(group::DeviceLink{.library = library,
                                          .pci_address = fmt::format("0000:0{}:00.0", rank + 1),
                                          .follow = [] { return [] { return true; }; }});
    }
    return links;
}

/// Of a step, with strides of their own. Their sum depends on the order.
Gradients made_gradients(std::int64_t rank, std::int64_t step) {
    auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(100 * step + rank));
    return {.loss = torch::randn({}, generator),
            .parameters = {torch::randn({70, 50}, generator), torch::randn({3}, generator),
                           torch::randn({20, 30}, generator).t()}};
}

Outcome train(const group::Place& place, const std::optional<group::DeviceLink>& link) {
    const torch::NoGradGuard no_grad;
    Outcome outcome;
    auto joined = TrainingGroup::join(place, link, torch::kCPU);
    if (!joined) {
        return {.error = joined.error()};
    }
    outcome.exchange = joined->exchange();
    for (std::int64_t step = 0; step < steps; ++step) {
        Gradients gradients = made_gradients(place.rank, step);
        Wishes wishes{.stop = place.rank == 1 && step == 2,
                      .time_is_over = place.rank == 2 && step == 3};
        if (auto done =
                joined->add_up(gradients, 0.1 * static_cast<double>(place.rank + 1), wishes);
            !done) {
            outcome.error = done.error();
            return outcome;
        }
        outcome.sums.push_back(gradients.loss);
        for (const torch::Tensor& gradient : gradients.parameters) {
            outcome.sums.push_back(gradient.clone());
        }
        outcome.wishes.push_back(wishes.stop);
        outcome.wishes.push_back(wishes.time_is_over);
    }
    return outcome;
}

/// Trains in one thread for each link; the fake library does what `table` says.
std::vector<Outcome> train_all(const Links& links, const std::string& table = "") {
    const trilby::testing::TemporaryFolder folder;
    ::setenv("TRILBY_FAKE_TABLE", folder.write("table", table).c_str(), 1);
    ::setenv("TRILBY_FAKE_FOLDER", folder.path().c_str(), 1);
    ::setenv("NCCL_SOCKET_IFNAME", "=lo", 1);  // not by a thread while others read the environment
    std::vector<std::future<Outcome>> threads;
    for (std::int64_t rank = 0; rank < processes; ++rank) {
        const group::Place place{.rank = rank,
                                 .size = processes,
                                 .engine = TRILBY_TEST_ENGINE,
                                 .store_folder = folder.path(),
                                 .timeout_s = 10};
        threads.push_back(std::async(std::launch::async, [place, &links] {
            return train(place, links[static_cast<std::size_t>(place.rank)]);
        }));
    }
    std::vector<Outcome> outcomes;
    for (auto& thread : threads) {
        outcomes.push_back(thread.get());
    }
    return outcomes;
}

void expect_sums_of_host(const std::vector<Outcome>& outcomes) {
    const Outcome expected = train_all(no_links())[0];
    ASSERT_EQ(expected.sums.size(), 4 * steps);
    for (const Outcome& outcome : outcomes) {
        ASSERT_FALSE(outcome.error) << outcome.error->message;
        ASSERT_EQ(outcome.sums.size(), expected.sums.size());
        for (std::size_t i = 0; i < expected.sums.size(); ++i) {
            EXPECT_TRUE(outcome.sums[i].equal(expected.sums[i])) << i;
        }
        EXPECT_EQ(outcome.wishes, expected.wishes);
    }
}

TEST(TrainingGroup, DevicesGiveTheBitsOfTheHostAndCarryTheWishes) {
    const auto outcomes = train_all(links_with(TRILBY_TEST_NCCL));
    expect_sums_of_host(outcomes);
    EXPECT_THAT(outcomes[0].wishes,
                ::testing::ElementsAre(false, false, false, false, true, false, false, true));
    for (const Outcome& outcome : outcomes) {
        EXPECT_EQ(outcome.exchange, "from GPU to GPU, with libnccl.so.2, version 2.21.5");
    }
}

TEST(TrainingGroup, ProcessesThatWaitForTheFirstKnowWhatAnySays) {
    const trilby::testing::TemporaryFolder folder;
    const auto wait = [&](std::int64_t rank) {
        auto group = TrainingGroup::join({.rank = rank,
                                          .size = processes,
                                          .engine = TRILBY_TEST_ENGINE,
                                          .store_folder = folder.path(),
                                          .timeout_s = 10},
                                         std::nullopt, torch::kCPU)
                         .value();
        std::vector<bool> shared;
        for (int round = 0; round < 3; ++round) {
            const Waiting all =
                group
                    .share({.first_works = rank == 0 && round < 2, .stop = rank == 2 && round == 1})
                    .value();
            shared.push_back(all.first_works);
            shared.push_back(all.stop);
        }
        return shared;
    };
    std::vector<std::future<std::vector<bool>>> threads;
    for (std::int64_t rank = 0; rank < processes; ++rank) {
        threads.push_back(std::async(std::launch::async, wait, rank));
    }
    for (auto& thread : threads) {
        EXPECT_THAT(thread.get(), ::testing::ElementsAre(true, false, true, true, false, false));
    }
}

TEST(TrainingGroup, CpusHaveNothingToSayAboutDevices) {
    EXPECT_EQ(train_all(no_links())[0].exchange, std::nullopt);
}

TEST(TrainingGroup, OneProcessWithoutTheLibrarySendsAllThroughTheHost) {
    Links links = links_with(TRILBY_TEST_NCCL);
    links[1]->library = "/nonexistent/libnccl.so.2";
    const auto outcomes = train_all(links);
    expect_sums_of_host(outcomes);
    for (const Outcome& outcome : outcomes) {
        EXPECT_THAT(*outcome.exchange, HasSubstr("through the host: process 1 on '"));
    }
}

TEST(TrainingGroup, DevicesThatGiveOtherBitsInTheTrialAreNotUsed) {
    const auto outcomes = train_all(links_with(TRILBY_TEST_NCCL), "ncclRecv@2 rubbish\n");
    expect_sums_of_host(outcomes);
    for (const Outcome& outcome : outcomes) {
        EXPECT_THAT(*outcome.exchange, HasSubstr("a trial gave other bits than through the host"));
    }
}

TEST(TrainingGroup, DevicesThatDoNotAnswerInTheTrialAreNotUsed) {
    const auto outcomes = train_all(links_with(TRILBY_TEST_NCCL), "ncclGroupEnd@1 never 1\n");
    expect_sums_of_host(outcomes);
    for (const Outcome& outcome : outcomes) {
        EXPECT_THAT(*outcome.exchange, HasSubstr("did not answer each other"));
    }
}

// The trial has two calls, and each step too.
TEST(TrainingGroup, DevicesThatFailLaterEndTheRun) {
    const auto outcomes = train_all(links_with(TRILBY_TEST_NCCL), "ncclGroupEnd@1 fails 5\n");
    for (const Outcome& outcome : outcomes) {
        ASSERT_TRUE(outcome.error);
        EXPECT_EQ(outcome.sums.size(), 4);
    }
    EXPECT_EQ(outcomes[1].error->code, ErrorCode::failed);
    EXPECT_THAT(outcomes[1].error->message, HasSubstr("ncclGroupEnd failed with status 2"));
    EXPECT_EQ(outcomes[0].error->code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace trilby::backends
