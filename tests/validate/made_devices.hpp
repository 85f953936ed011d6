// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "validate/run.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::testing {

/// Devices of the module tests/modules/devices.c.
class MadeDevices : public WorkerTest {
  protected:
    void TearDown() override {
        ::unsetenv("TRILBY_TEST_DEVICES");
        ::unsetenv("TRILBY_TEST_FAULTS");
        WorkerTest::TearDown();
    }

    static std::vector<validate::RunOptions> devices(std::int64_t count, const char* faults = "") {
        ::setenv("TRILBY_TEST_DEVICES", std::to_string(count).c_str(), 1);
        ::setenv("TRILBY_TEST_FAULTS", faults, 1);
        std::vector<validate::RunOptions> out;
        for (std::int64_t device = 0; device < count; ++device) {
            validate::RunOptions options;
            options.worker_program = worker_program();
            options.backend_module = module_path("devices");
            options.backend = "cpu";
            options.device = device;
            // ThreadSanitizer lets a process that exits sleep for a second.
            options.silence_limit = std::chrono::seconds(3);
            out.push_back(std::move(options));
        }
        return out;
    }
};

}  // namespace trilby::testing
