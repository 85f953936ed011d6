// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// A C++ module that lets exceptions reach the worker.

#include <new>
#include <stdexcept>

#include "module.h"

namespace {

trilby_status run(trilby_session* /*session*/, const char* job, const char* /*params_json*/,
                  size_t /*params_size*/) {
    if (is(job, "bad_alloc")) {
        throw std::bad_alloc();
    }
    throw std::runtime_error("kernel launch failed");
}

}  // namespace

TRILBY_TEST_MODULE(open_session, no_device)
