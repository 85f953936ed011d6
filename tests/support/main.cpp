// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs the tests of a program. One that skipped a test must not count as passed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

int main(int argc, char** argv) {
    constexpr int skipped = 125;  // as the scripts among the tests have it
    ::testing::InitGoogleMock(&argc, argv);
    const int failed = RUN_ALL_TESTS();
    const bool has_skipped = ::testing::UnitTest::GetInstance()->skipped_test_count() > 0;
    return failed == 0 && has_skipped ? skipped : failed;
}
