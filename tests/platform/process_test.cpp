// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/process.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <iostream>
#include <new>
#include <stdexcept>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace trilby::platform {
namespace {

using ::testing::HasSubstr;

template <class Exception>
Error error_of(const Exception& exception) {
    Error reported{};
    const int exit_code = run_to_end([&]() -> int { throw exception; },
                                     [&](const Error& error) {
                                         reported = error;
                                         return 17;
                                     });
    EXPECT_EQ(exit_code, 17);
    return reported;
}

int print(const Error& error) {
    std::cerr << error.message << '\n';
    return static_cast<int>(error.code);
}

/// Like a function of a library that is noexcept and allocates.
template <class Exception>
int throw_past_noexcept() {
    const std::function<void()> allocate = [] { throw Exception(); };
    [&]() noexcept { allocate(); }();
    return 0;
}

TEST(RunToEnd, ReturnsTheExitCode) {
    EXPECT_EQ(run_to_end([] { return 65; }, print), 65);
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

TEST(RunToEnd, LackOfMemoryInANoexceptFunctionIsReported) {
    EXPECT_EXIT(::_exit(run_to_end(throw_past_noexcept<std::bad_alloc>, print)),
                ::testing::ExitedWithCode(static_cast<int>(ErrorCode::io)), "out of memory");
}

struct Defect {};

TEST(RunToEnd, OtherExceptionsInANoexceptFunctionEndWithASignal) {
    EXPECT_EXIT(::_exit(run_to_end(throw_past_noexcept<Defect>, print)),
                ::testing::KilledBySignal(SIGABRT), "terminate called");
}

TEST(RunToEnd, TooFewOpenFilesAreReportedFirst) {
#ifdef TRILBY_SANITIZED
    GTEST_SKIP() << "the sanitizer itself needs descriptors";
#endif
    const auto run_with_few = [] {
        const rlimit few{4, 4};
        ::setrlimit(RLIMIT_NOFILE, &few);
        ::_exit(run_to_end([] { return 0; }, print));
    };
    EXPECT_EXIT(run_with_few(), ::testing::ExitedWithCode(static_cast<int>(ErrorCode::io)),
                "at most 4 files may be open");
}

TEST(RunToEnd, OtherExceptionsAreDefects) {
    EXPECT_EQ(error_of(std::logic_error("wrong")).code, ErrorCode::internal);
}

}  // namespace
}  // namespace trilby::platform
