// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/terminal.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "platform/file_descriptor.hpp"

namespace trilby::platform {
namespace {

/// The end of a pseudo-terminal that the terminal itself has.
class TerminalTest : public ::testing::Test {
  protected:
    TerminalTest() {
        for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR"}) {
            ::unsetenv(name);
        }
        ::setenv("TERM", "xterm", 1);
    }

    FileDescriptor terminal_{::posix_openpt(O_RDWR | O_NOCTTY)};
};

TEST_F(TerminalTest, HasTheSizeOfItsWindow) {
    const winsize size{.ws_row = 40, .ws_col = 120, .ws_xpixel = 0, .ws_ypixel = 0};
    ASSERT_EQ(::ioctl(terminal_.get(), TIOCSWINSZ, &size), 0);
    EXPECT_EQ(terminal_of(terminal_.get()).columns, 120);
    EXPECT_EQ(terminal_of(terminal_.get()).rows, 40);
}

TEST_F(TerminalTest, WithoutASizeItIsTakenForAnUsualOne) {
    EXPECT_EQ(terminal_of(terminal_.get()).columns, 80);
    EXPECT_EQ(terminal_of(terminal_.get()).rows, 24);
}

TEST_F(TerminalTest, TheFirstVariableThatIsSetSaysWhetherItHasUtf8) {
    EXPECT_FALSE(terminal_of(terminal_.get()).has_utf8);
    ::setenv("LANG", "de_DE.UTF-8", 1);
    EXPECT_TRUE(terminal_of(terminal_.get()).has_utf8);
    ::setenv("LC_CTYPE", "C", 1);
    EXPECT_FALSE(terminal_of(terminal_.get()).has_utf8);
    ::setenv("LC_ALL", "C.utf8", 1);
    EXPECT_TRUE(terminal_of(terminal_.get()).has_utf8);
    ::setenv("LC_ALL", "", 1);
    EXPECT_FALSE(terminal_of(terminal_.get()).has_utf8) << "an empty one is not set";
}

TEST_F(TerminalTest, AFileIsNotATerminal) {
    const FileDescriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ::setenv("LC_ALL", "C.UTF-8", 1);
    EXPECT_FALSE(terminal_of(file.get()).is_terminal);
    EXPECT_FALSE(terminal_of(file.get()).has_utf8);
}

}  // namespace
}  // namespace trilby::platform
