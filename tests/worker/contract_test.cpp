// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/contract.hpp"

#include <cstdlib>
#include <gmock/gmock.h>

#include "worker/worker_fixture.hpp"

namespace trilby::worker {
namespace {

using testing::module_path;
using testing::start_with;

class Contract : public testing::WorkerTest {};

TEST_F(Contract, KnownAnswerReturnsTheLibraries) {
    auto worker = start_with("checks");
    const auto libraries = known_answer(worker, module_path("checks"), 0, {});
    ASSERT_TRUE(libraries) << libraries.error().error.message;
    EXPECT_EQ(*libraries, json::object());
}

TEST_F(Contract, ImplausibleKnownAnswerIsAFailureOfTheBackend) {
    for (const char* answer :
         {"{}", R"({"elements":4})", R"({"elements":-4,"libraries":{}})",
          R"({"elements":"4","libraries":{}})", R"({"elements":4,"libraries":[]})"}) {
        ::setenv("TRILBY_TEST_KNOWN_ANSWER", answer, 1);
        auto worker = start_with("liar");
        const auto libraries = known_answer(worker, module_path("liar"), 0, {});
        ::unsetenv("TRILBY_TEST_KNOWN_ANSWER");
        ASSERT_FALSE(libraries) << answer;
        EXPECT_EQ(libraries.error().outcome, Outcome::violated) << answer;
        EXPECT_THAT(libraries.error().error.message,
                    ::testing::StartsWith("backend 'trilby-backend-liar' broke its contract: "))
            << answer;
    }
}

}  // namespace
}  // namespace trilby::worker
