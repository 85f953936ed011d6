// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Prints the variable that it sees, and whether it runs with the privileges of another user.

#include <fmt/format.h>
#include <sys/auxv.h>

#include "platform/environment.hpp"

int main() {
    fmt::print("{} {}\n",
               trilby::platform::environment_variable("TRILBY_TEST_VARIABLE").value_or("unseen"),
               ::getauxval(AT_SECURE) != 0 ? "secure" : "plain");
}
