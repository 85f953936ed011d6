// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// The modules for GPUs as files: what their manifests promise, and what they say without a device.

#include <gmock/gmock.h>

#include "binary/gpu_code.hpp"
#include "platform/file_tree.hpp"
#include "support/test_files.hpp"
#include "worker/client.hpp"
#include <trilby/selection.hpp>

namespace trilby {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

std::filesystem::path module_folder() {
    return testing::test_folder() / "gpu_modules";
}

std::vector<InstalledBackend> built_modules() {
    const BackendFolder found = read_manifests(module_folder());
    return found.value_or({});
}

TEST(GpuModules, HaveManifestsThatCanBeRead) {
    const auto modules = built_modules();
    ASSERT_FALSE(modules.empty());
    for (const InstalledBackend& module : modules) {
        ASSERT_TRUE(module.manifest) << module.manifest.error().message;
        EXPECT_FALSE(module.manifest->gpu_targets.empty()) << module.name;
    }
}

TEST(GpuModules, HaveCodeForTheGpusOfTheirManifests) {
    for (const InstalledBackend& module : built_modules()) {
        ASSERT_TRUE(module.manifest);
        const auto code = binary::read_gpu_targets(
            platform::FileTree(), (module_folder() / module.manifest->module).string());
        ASSERT_TRUE(code) << module.name;
        EXPECT_THAT(*code, UnorderedElementsAreArray(module.manifest->gpu_targets));
    }
}

TEST(GpuModules, SayWhyTheyDoNotStartWithoutADevice) {
    for (const InstalledBackend& module : built_modules()) {
        ASSERT_TRUE(module.manifest);
        auto worker = worker::Worker::start({.program = testing::worker_program()});
        ASSERT_TRUE(worker);
        const auto loaded = worker->load(module_folder() / module.manifest->module);
        if (loaded) {
            GTEST_SKIP() << "there is a device for " << module.name;
        }
        EXPECT_EQ(loaded.error().outcome, worker::Outcome::no_device)
            << loaded.error().error.message << loaded.error().output;
        EXPECT_EQ(loaded.error().error.code, ErrorCode::unavailable);
        EXPECT_THAT(loaded.error().error.message, HasSubstr(module.name + " does not start: "));
        EXPECT_THAT(loaded.error().error.hint, HasSubstr("trilby doctor"));
    }
}

}  // namespace
}  // namespace trilby
