// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/backends.hpp"

#include <gmock/gmock.h>

namespace trilby {
namespace {

TEST(Backends, AreFoundByTheirNames) {
    for (const BackendIdentity& backend : known_backends()) {
        EXPECT_EQ(find_backend(backend.name), &backend);
    }
    EXPECT_EQ(find_backend("vulkan"), nullptr);
}

TEST(Backends, EndWithTheCpu) {
    EXPECT_EQ(known_backends().back().name, "cpu");
    EXPECT_EQ(backend_names(), "cuda, rocm or cpu");
}

TEST(Backends, HaveAVendorAndACompilerIfForGpus) {
    for (const BackendIdentity& backend : known_backends()) {
        const bool is_cpu = backend.name == "cpu";
        EXPECT_EQ(backend.vendor.empty(), is_cpu) << backend.name;
        EXPECT_EQ(backend.compiler.program.empty(), is_cpu) << backend.name;
        EXPECT_EQ(backend.compiler.hint.empty(), is_cpu) << backend.name;
    }
}

}  // namespace
}  // namespace trilby
