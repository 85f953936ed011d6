// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/dynamic_library.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::HasSubstr;

TEST(DynamicLibrary, FindsSymbols) {
    const auto library = DynamicLibrary::open("libm.so.6");
    ASSERT_TRUE(library) << library.error().message;
    EXPECT_NE(library->symbol("cos"), nullptr);
    EXPECT_EQ(library->symbol("no_such_symbol"), nullptr);
}

TEST(DynamicLibrary, ReportsAMissingFile) {
    const auto library = DynamicLibrary::open("/nonexistent/libgone.so.1");
    ASSERT_FALSE(library);
    EXPECT_EQ(library.error().code, ErrorCode::unavailable);
    EXPECT_THAT(library.error().message, HasSubstr("'/nonexistent/libgone.so.1'"));
    EXPECT_THAT(library.error().message, HasSubstr("No such file"));
}

/// Nothing is wrong with the installation then.
TEST(DynamicLibrary, SaysHowToOpenMoreFiles) {
#ifdef TRILBY_SANITIZED
    GTEST_SKIP() << "the sanitizer itself needs descriptors";
#endif
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto library = DynamicLibrary::open("/proc/self/exe");
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(library);
    EXPECT_THAT(library.error().message, HasSubstr("Too many open files"));
    EXPECT_THAT(library.error().hint, HasSubstr("ulimit -n"));
}

TEST(DynamicLibrary, ReportsAFileThatIsNotALibrary) {
    const testing::TemporaryFolder folder;
    const auto library = DynamicLibrary::open(folder.write("text.so", "not an ELF file"));
    ASSERT_FALSE(library);
    EXPECT_THAT(library.error().message, HasSubstr("text.so"));
}

}  // namespace
}  // namespace trilby::platform
