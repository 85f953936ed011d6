// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The made-up vendor libraries of tests/vendors, for tests that ask them in real workers.

#pragma once

#include <cstdlib>
#include <string>

#include "support/temporary_folder.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::testing {

class VendorTest : public WorkerTest {
  protected:
    void SetUp() override {
        WorkerTest::SetUp();
        for (const auto& [name, value] : worker_environment()) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }
    void TearDown() override {
        ::unsetenv("LD_LIBRARY_PATH");
        ::unsetenv("TRILBY_FAKE_TABLE");
        WorkerTest::TearDown();
    }

    /// Workers find the libraries in the folder `vendors` of tests/vendors, which do what `table`
    /// says.
    void imitate(const std::string& table, const char* vendors = "good") const {
        say(table);
        ::setenv("LD_LIBRARY_PATH", (test_folder() / "vendors" / vendors).c_str(), 1);
        ::setenv("TRILBY_FAKE_TABLE", (folder_ / "table").c_str(), 1);
    }
    /// The libraries do this from now on.
    void say(const std::string& table) const { folder_.write("table", table); }

  private:
    TemporaryFolder folder_;
};

}  // namespace trilby::testing
