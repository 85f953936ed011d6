// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/libtorch_folder.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace trilby::builder {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

void make_libtorch(const TemporaryFolder& folder, const std::string& root,
                   const std::string& libraries, const std::string& gpu_library = "") {
    folder.write(root + "include/torch/torch.h", "");
    folder.write(root + libraries + "/libtorch_cpu.so", "");
    if (!gpu_library.empty()) {
        folder.write(root + libraries + "/" + gpu_library, "");
    }
}

TEST(LibTorchIn, AcceptsAnUnpackedArchive) {
    const TemporaryFolder folder;
    make_libtorch(folder, "libtorch/", "lib", "libtorch_cuda.so");
    const auto found = libtorch_in(folder / "libtorch");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->root, folder / "libtorch");
    EXPECT_EQ(found->libraries, folder / "libtorch/lib");
    EXPECT_EQ(found->flavour, "cuda");
}

TEST(LibTorchIn, AcceptsItsLibraryFolder) {
    const TemporaryFolder folder;
    make_libtorch(folder, "libtorch/", "lib", "libtorch_hip.so");
    const auto found = libtorch_in(folder / "libtorch/lib");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->root, folder / "libtorch");
    EXPECT_EQ(found->flavour, "rocm");
}

TEST(LibTorchIn, FindsTheWheelInAVirtualEnvironment) {
    const TemporaryFolder folder;
    make_libtorch(folder, "venv/lib/python3.12/site-packages/torch/", "lib");
    const auto found = libtorch_in(folder / "venv");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->root, folder / "venv/lib/python3.12/site-packages/torch");
    EXPECT_EQ(found->flavour, "cpu");
}

TEST(LibTorchIn, FindsTheLibrariesOfADebianPrefix) {
    const TemporaryFolder folder;
    make_libtorch(folder, "usr/", "lib/x86_64-linux-gnu", "libtorch_cuda.so");
    const auto found = libtorch_in(folder / "usr");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->libraries, folder / "usr/lib/x86_64-linux-gnu");
}

TEST(LibTorchIn, ReportsWhatAFolderLacks) {
    const TemporaryFolder folder;
    folder.write("project/readme", "");
    const auto found = libtorch_in(folder / "project");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::no_input);
    EXPECT_THAT(found.error().message, HasSubstr("libtorch_cpu.so"));
    EXPECT_THAT(found.error().hint, HasSubstr("--torch"));
}

TEST(LibTorchIn, RefusesAFile) {
    const TemporaryFolder folder;
    folder.write("file", "");
    for (const char* name : {"file", "none"}) {
        const auto found = libtorch_in(folder / name);
        ASSERT_FALSE(found);
        EXPECT_THAT(found.error().message, HasSubstr("is not a folder"));
    }
}

TEST(LibTorchIn, UsesTheParentOfALibraryFolderOnly) {
    const TemporaryFolder folder;
    make_libtorch(folder, "", "lib");
    folder.write("notes/readme", "");
    EXPECT_TRUE(libtorch_in(folder / "lib"));
    EXPECT_FALSE(libtorch_in(folder / "notes"));
}

TEST(LibTorchIn, ReportsAnUnreadableFolder) {
    const TemporaryFolder folder;
    folder.write("closed/readme", "");
    std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
    if (::access((folder / "closed").c_str(), R_OK) == 0) {
        GTEST_SKIP() << "root may read everything";
    }
    const auto found = libtorch_in(folder / "closed");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::no_input);
}

LibTorch probed(const std::filesystem::path& libraries, const std::string& flavour) {
    LibTorch libtorch;
    libtorch.folder = libraries.string();
    libtorch.flavour = Observed<std::string>::present(flavour, "test");
    return libtorch;
}

Machine machine_with(std::vector<LibTorch> found) {
    Machine machine;
    machine.libtorch = Observed<std::vector<LibTorch>>::present(std::move(found), "test");
    return machine;
}

TEST(LibTorchOf, PrefersCudaAndIgnoresLibTorchForCpus) {
    const TemporaryFolder folder;
    make_libtorch(folder, "cpu/", "lib");
    make_libtorch(folder, "rocm/", "lib", "libtorch_hip.so");
    make_libtorch(folder, "cuda/", "lib", "libtorch_cuda.so");
    const auto found = libtorch_of(
        machine_with({probed(folder / "cpu/lib", "cpu"), probed(folder / "rocm/lib", "rocm"),
                      probed(folder / "cuda/lib", "cuda")}));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->root, folder / "cuda");
}

TEST(LibTorchOf, LibTorchForCpusMustBeGiven) {
    const TemporaryFolder folder;
    make_libtorch(folder, "cpu/", "lib");
    const auto found = libtorch_of(machine_with({probed(folder / "cpu/lib", "cpu")}));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::no_input);
}

TEST(LibTorchOf, ReportsMissingHeaders) {
    const TemporaryFolder folder;
    folder.write("run/lib/libtorch_cpu.so", "");
    const auto found = libtorch_of(machine_with({probed(folder / "run/lib", "cuda")}));
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("headers"));
    EXPECT_THAT(found.error().message, HasSubstr((folder / "run/lib").string()));
}

}  // namespace
}  // namespace trilby::builder
