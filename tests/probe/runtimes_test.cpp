// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/runtimes/runtimes.hpp"

#include <gtest/gtest.h>

#include "support/made_machine.hpp"

namespace trilby::sources {
namespace {

using worker::Outcome;

TEST(Runtimes, EveryOutcomeOfAWorkerHasAState) {
    EXPECT_EQ(state_of(Outcome::crashed), RuntimeState::crashed);
    EXPECT_EQ(state_of(Outcome::exited), RuntimeState::crashed);
    EXPECT_EQ(state_of(Outcome::timed_out), RuntimeState::timed_out);
    EXPECT_EQ(state_of(Outcome::stuck), RuntimeState::stuck);
    for (const Outcome ours : {Outcome::refused, Outcome::violated, Outcome::out_of_memory}) {
        EXPECT_EQ(state_of(ours), RuntimeState::not_asked);
    }
}

TEST(Runtimes, AreAbsentUnlessQueried) {
    EXPECT_EQ(probe().runtimes.presence(), Presence::absent);
}

TEST(Runtimes, ReadsTheAnswersOfARecordedMachine) {
    const testing::MadeMachine made;
    made.write("trilby-recording.json", R"({"recording": 1, "statuses": {}, "answers": {
        "runtimes": "[{\"name\": \"nvml\", \"state\": \"stuck\", \"message\": \"no end\"}]"}})");
    const auto runtimes = probe({.root = made.root()}).runtimes;
    ASSERT_TRUE(runtimes);
    EXPECT_EQ(runtimes->front().state, RuntimeState::stuck);
    EXPECT_EQ(runtimes->front().message.value_or(""), "no end");
    EXPECT_EQ(runtimes->front().message.source(), "nvml");
}

TEST(Runtimes, WrongTypesAreMalformed) {
    const auto runtimes = parse_runtimes(
        R"([{"name": "cuda", "state": "fine", "message": 7, "devices": [
            {"memory_total_bytes": -1, "has_ecc": "yes", "name": "A"}, 3]},
            {"name": "hip", "state": "answered", "devices": {}}])");
    ASSERT_TRUE(runtimes);
    const Runtime& cuda = runtimes->front();
    EXPECT_EQ(cuda.state, RuntimeState::not_asked);
    EXPECT_EQ(cuda.message.presence(), Presence::malformed);
    EXPECT_EQ(cuda.devices->front().memory_total_bytes.presence(), Presence::malformed);
    EXPECT_EQ(cuda.devices->front().has_ecc.presence(), Presence::malformed);
    EXPECT_EQ(cuda.devices->front().name.value_or(""), "A");
    EXPECT_EQ(cuda.devices->back().name.presence(), Presence::absent);
    EXPECT_EQ(runtimes->back().devices.presence(), Presence::malformed);
}

TEST(Runtimes, RefusesAnythingButAListOfObjects) {
    for (const char* text : {"", "{}", "[1]", "[{]", "null"}) {
        EXPECT_FALSE(parse_runtimes(text)) << text;
    }
}

}  // namespace
}  // namespace trilby::sources
