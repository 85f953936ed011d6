// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/process.hpp"

#include <cerrno>
#include <filesystem>
#include <gmock/gmock.h>
#include <new>
#include <stdexcept>
#include <system_error>

namespace trilby::platform {
namespace {

using ::testing::HasSubstr;

template <class Exception>
Error error_of(const Exception& exception) {
    return run_to_end([&]() -> int { throw exception; }).error();
}

TEST(RunToEnd, ReturnsTheExitCode) {
    EXPECT_EQ(run_to_end([] { return 65; }).value(), 65);
}

TEST(RunToEnd, LackOfMemoryIsNotADefect) {
    const Error error = error_of(std::bad_alloc());
    EXPECT_EQ(error.code, ErrorCode::io);
    EXPECT_EQ(error.message, "out of memory");
    EXPECT_THAT(error.hint, HasSubstr("ulimit"));
}

TEST(RunToEnd, LackOfThreadsIsNotADefect) {
    const Error error = error_of(std::system_error(EAGAIN, std::generic_category()));
    EXPECT_EQ(error.code, ErrorCode::io);
    EXPECT_THAT(error.message, HasSubstr("a thread"));
}

TEST(RunToEnd, ReportsThePathOfAFileError) {
    const std::error_code denied(EACCES, std::generic_category());
    const Error error = error_of(std::filesystem::filesystem_error("", "/some/file", denied));
    EXPECT_EQ(error.code, ErrorCode::cannot_create);
    EXPECT_THAT(error.message, HasSubstr("/some/file"));
}

TEST(RunToEnd, OtherExceptionsAreDefects) {
    EXPECT_EQ(error_of(std::logic_error("wrong")).code, ErrorCode::internal);
}

}  // namespace
}  // namespace trilby::platform
