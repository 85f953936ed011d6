// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/made_gpu_code.hpp"
#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;  // the synthetic files

constexpr const char* gloo_class = "_ZTIN4c10d16ProcessGroupGlooE";
constexpr const char* mpi_class = "_ZTIN4c10d15ProcessGroupMPIE";
constexpr const char* nccl_class = "_ZTIN4c10d16ProcessGroupNCCLE";
const std::string debian = "usr/lib/x86_64-linux-gnu/";
const std::string fedora = "usr/lib64/python3.14/site-packages/torch/";

std::vector<LibTorch> found_on(const MadeMachine& made) {
    return probe({.root = made.root()}).libtorch.value_or({});
}

/// The only LibTorch of a machine.
LibTorch one_on(const MadeMachine& made) {
    const auto found = found_on(made);
    EXPECT_THAT(found, SizeIs(1));
    return found.empty() ? LibTorch() : found.front();
}

/// Installs Debian's package, with links for a BLAS library.
void install_debian(const MadeMachine& made, const MadeElf& library) {
    made.write(debian + "libtorch_cpu.so.2.9.1", library.bytes());
    made.link(debian + "libtorch_cpu.so.2.9", "libtorch_cpu.so.2.9.1");
    made.link(debian + "libtorch_cpu.so", "libtorch_cpu.so.2.9");
}

/// Links Debian's libblas.so.3 to a file, like update-alternatives.
void install_blas(const MadeMachine& made, const std::string& target) {
    made.link(debian + "libblas.so.3", "/etc/alternatives/libblas.so.3-x86_64-linux-gnu");
    made.link("etc/alternatives/libblas.so.3-x86_64-linux-gnu", "/" + target);
    made.write(target, "");
}

void set_variable(const MadeMachine& made, const char* name, const std::string& value) {
    made.write("trilby-recording.json", fmt::format(R"({{"recording": 1, "statuses": {{}},
                               "answers": {{"environment variable {}": "{}"}}}})",
                                                    name, value));
}

TEST(LibTorch, ReadsTheLibrariesThatWereInstalledWithAWheel) {
    const MadeMachine made;
    const std::string packages = "usr/local/lib/python3.13/site-packages/";
    made.write(packages + "torch/lib/libtorch_cpu.so", MadeElf{}.bytes());
    EXPECT_EQ(one_on(made).cudnn_version.presence(), Presence::absent);
    made.write(packages + "nvidia/cudnn/include/cudnn_version.h",
               "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 10\n#define CUDNN_PATCHLEVEL 2\n");
    made.write(packages + "nvidia/nccl/include/nccl.h", "#define NCCL_MAJOR x y\n");
    const LibTorch libtorch = one_on(made);
    EXPECT_EQ(libtorch.cudnn_version.value_or(""), "9.10");
    EXPECT_FALSE(libtorch.nccl_version);
}

TEST(LibTorch, IsAnEmptyListIfNothingIsInstalled) {
    const MadeMachine made;
    EXPECT_EQ(probe({.root = made.root()}).libtorch.presence(), Presence::absent);
    made.make_folder("usr/lib");
    const auto libtorch = probe({.root = made.root()}).libtorch;
    ASSERT_TRUE(libtorch);
    EXPECT_THAT(*libtorch, IsEmpty());
}

TEST(LibTorch, ReadsDebiansPackage) {
    const MadeMachine made;
    install_debian(made, {.needed = {"libblas.so.3", "libdnnl.so.3", "libgloo.so.0"},
                          .symbols = {gloo_class}});
    install_blas(made, debian + "openblas-pthread/libblas.so.3");
    const LibTorch libtorch = one_on(made);
    EXPECT_EQ(libtorch.folder, "/usr/lib/x86_64-linux-gnu");
    EXPECT_EQ(libtorch.version.value_or(""), "2.9.1");
    EXPECT_EQ(libtorch.flavour.value_or(""), "cpu");
    EXPECT_EQ(libtorch.gpu_targets.presence(), Presence::absent);
    EXPECT_EQ(libtorch.blas.value_or(""), "openblas");
    EXPECT_TRUE(libtorch.has_onednn.value_or(false));
    EXPECT_TRUE(libtorch.has_gloo.value_or(false));
    EXPECT_FALSE(libtorch.has_mpi.value_or(true));
    EXPECT_FALSE(libtorch.has_nccl.value_or(true));
}

TEST(LibTorch, ReadsFedorasPackage) {
    const MadeMachine made;
    made.write(fedora + "version.py",
               "from typing import Optional\n__version__ = '2.13.0'\n"
               "cuda: Optional[str] = None\nhip: Optional[str] = '7.14.60850'\n");
    made.write(fedora + "lib/libtorch_cpu.so",
               MadeElf{.needed = {"libflexiblas.so.3"}, .symbols = {mpi_class}}.bytes());
    made.write(
        fedora + "lib/libtorch_hip.so",
        MadeElf{.sections = {{".hip_fatbin", offload_bundle({"gfx9-generic", "gfx942"})}}}.bytes());
    made.write(fedora + "include/ATen/Config.h",
               "#define AT_MKLDNN_ENABLED() 0\n#define AT_MKL_ENABLED() 0\n");
    made.write("etc/flexiblasrc", "default = OPENBLAS-OPENMP\n");
    const LibTorch libtorch = one_on(made);
    EXPECT_EQ(libtorch.version.value_or(""), "2.13.0");
    EXPECT_EQ(libtorch.flavour.value_or(""), "rocm");
    EXPECT_EQ(libtorch.hip_version.value_or(""), "7.14.60850");
    EXPECT_EQ(libtorch.cuda_version.presence(), Presence::absent);
    EXPECT_THAT(*libtorch.gpu_targets, ElementsAre("gfx9-generic", "gfx942"));
    EXPECT_EQ(libtorch.blas.value_or(""), "openblas (flexiblas)");
    EXPECT_FALSE(libtorch.has_onednn.value_or(true));
    EXPECT_FALSE(libtorch.has_gloo.value_or(true));
    EXPECT_TRUE(libtorch.has_mpi.value_or(false));
    EXPECT_FALSE(libtorch.has_rccl.value_or(true));
}

TEST(LibTorch, ReportsTheTargetsOfItsOwnRocblas) {
    const MadeMachine made;
    made.write(fedora + "lib/libtorch_cpu.so", MadeElf{}.bytes());
    made.write(fedora + "lib/libtorch_hip.so", MadeElf{}.bytes());
    EXPECT_EQ(one_on(made).rocblas_targets.presence(), Presence::absent);
    for (const char* name :
         {"TensileLibrary_lazy_gfx1100.dat", "Kernels.so-000-gfx90a-xnack-.hsaco",
          "TensileLibrary_gfx1100.co", "README"}) {
        made.write(fedora + "lib/rocblas/library/" + name, "");
    }
    EXPECT_THAT(*one_on(made).rocblas_targets, ElementsAre("gfx1100", "gfx90a"));
}

TEST(LibTorch, ReportsTheHipRuntimeNeededFromTheSystem) {
    const MadeMachine made;
    made.write(fedora + "lib/libtorch_cpu.so", MadeElf{}.bytes());
    made.write(fedora + "lib/libtorch_hip.so",
               MadeElf{.needed = {"libamdhip64.so.6"}, .runpath = "$ORIGIN/own"}.bytes());
    EXPECT_EQ(one_on(made).foreign_hip.value_or(""), "libamdhip64.so.6");
    made.write(fedora + "lib/own/libamdhip64.so.6", "");
    EXPECT_EQ(one_on(made).foreign_hip.presence(), Presence::absent);
}

TEST(LibTorch, ReadsAWheelInAnEnvironment) {
    const MadeMachine made;
    const std::string torch = "srv/venv/lib/python3.12/site-packages/torch/";
    set_variable(made, "VIRTUAL_ENV", "/srv/venv");
    made.write(torch + "version.py",
               "__version__ = '2.8.0+cu128'\ncuda: str | None = '12.8'\nhip: str | None = None\n");
    made.write(torch + "lib/libtorch_cpu.so", MadeElf{.symbols = {gloo_class}}.bytes());
    made.write(torch + "lib/libtorch_cuda.so",
               MadeElf{.needed = {"libnccl.so.2"},
                       .symbols = {nccl_class},
                       .sections = {{".nv_fatbin", fat_container({{.capability = 90}})}}}
                   .bytes());
    made.write(torch + "include/ATen/Config.h",
               "#define AT_MKLDNN_ENABLED() 1\n#define AT_MKL_ENABLED() 1\n");
    const LibTorch libtorch = one_on(made);
    EXPECT_EQ(libtorch.version.value_or(""), "2.8.0+cu128");
    EXPECT_EQ(libtorch.flavour.value_or(""), "cuda");
    EXPECT_EQ(libtorch.cuda_version.value_or(""), "12.8");
    EXPECT_THAT(*libtorch.gpu_targets, ElementsAre("sm_90"));
    EXPECT_EQ(libtorch.blas.value_or(""), "mkl (built in)");
    EXPECT_TRUE(libtorch.has_onednn.value_or(false));
    EXPECT_TRUE(libtorch.has_nccl.value_or(false));
    EXPECT_FALSE(libtorch.has_rccl.value_or(true));
}

TEST(LibTorch, ReadsAnArchiveOnce) {
    const MadeMachine made;
    set_variable(made, "LIBTORCH", "/opt/libtorch");
    made.write("opt/libtorch/lib/libtorch_cpu.so", MadeElf{.needed = {"libmkl_rt.so.2"}}.bytes());
    made.write("opt/libtorch/build-version", "2.7.1+cpu\n");
    const LibTorch libtorch = one_on(made);
    EXPECT_EQ(libtorch.version.value_or(""), "2.7.1+cpu");
    EXPECT_EQ(libtorch.blas.value_or(""), "mkl");
    EXPECT_EQ(libtorch.has_onednn.presence(), Presence::absent);
}

TEST(LibTorch, SearchesHomeAndLocalFolders) {
    const MadeMachine made;
    set_variable(made, "HOME", "/home/ada");
    for (const char* packages :
         {"home/ada/.local/lib/python3.13/site-packages", "usr/local/lib/python3.11/dist-packages",
          "usr/local/lib64/python3.14/site-packages"}) {
        made.write(std::string(packages) + "/torch/lib/libtorch_cpu.so", "");
    }
    std::vector<std::string> folders;
    for (const LibTorch& libtorch : found_on(made)) {
        folders.push_back(libtorch.folder);
    }
    EXPECT_THAT(folders, ElementsAre("/usr/local/lib/python3.11/dist-packages/torch/lib",
                                     "/usr/local/lib64/python3.14/site-packages/torch/lib",
                                     "/home/ada/.local/lib/python3.13/site-packages/torch/lib"));
}

TEST(LibTorch, ReadsTheVersionFromHeadersAsALastResort) {
    const MadeMachine made;
    made.write("opt/libtorch/lib/libtorch_cpu.so", MadeElf{}.bytes());
    made.write("opt/libtorch/include/torch/csrc/api/include/torch/version.h",
               "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 1\n"
               "#define TORCH_VERSION_PATCH 0\n");
    EXPECT_EQ(one_on(made).version.value_or(""), "2.1.0");
}

TEST(LibTorch, InvalidFilesAreMalformedOrAbsent) {
    const MadeMachine made;
    made.write(fedora + "version.py", "__version__ = '\x1b[31m'\n");
    made.write(fedora + "lib/libtorch_cpu.so", "no library");
    made.write(fedora + "lib/libtorch_cuda.so",
               MadeElf{.sections = {{".nv_fatbin", "no code"}}}.bytes());
    const LibTorch libtorch = one_on(made);
    EXPECT_FALSE(libtorch.version);
    EXPECT_EQ(libtorch.blas.presence(), Presence::malformed);
    EXPECT_EQ(libtorch.has_gloo.presence(), Presence::malformed);
    EXPECT_EQ(libtorch.gpu_targets.presence(), Presence::malformed);
}

std::string blas_at(const std::string& target) {
    const MadeMachine made;
    install_debian(made, {.needed = {"libblas.so.3"}});
    install_blas(made, target);
    return one_on(made).blas.value_or("");
}

TEST(LibTorch, ResolvesTheBlasNameToAnImplementation) {
    EXPECT_EQ(blas_at(debian + "blas/libblas.so.3"), "reference");
    EXPECT_EQ(blas_at(debian + "blis-openmp/libblas.so.3"), "blis");
    EXPECT_EQ(blas_at("opt/intel/libmkl_rt.so"), "mkl");
    EXPECT_EQ(blas_at("opt/libunheardof.so"), "");
}

/// The BLAS of Fedora's LibTorch if OpenBLAS's library for FlexiBLAS is installed.
std::string flexiblas_with(const char* configuration, const char* variable = "") {
    const MadeMachine made;
    made.write(fedora + "lib/libtorch_cpu.so", MadeElf{.needed = {"libflexiblas.so.3"}}.bytes());
    for (const char* name : {"netlib", "openblas-openmp"}) {
        made.write(std::string("usr/lib64/flexiblas/libflexiblas_") + name + ".so", "");
    }
    made.write("etc/flexiblasrc", configuration);
    made.write("trilby-recording.json", std::string(R"({"recording": 1, "statuses": {}, "answers": {
                               "environment variable FLEXIBLAS": ")") +
                                            variable + "\"}}");
    return one_on(made).blas.value_or("");
}

TEST(LibTorch, FlexiblasFallsBackToTheReference) {
    EXPECT_EQ(flexiblas_with("default = openblas-openmp\n"), "openblas (flexiblas)");
    EXPECT_EQ(flexiblas_with("default = NETLIB\n"), "reference");
    EXPECT_EQ(flexiblas_with("default = BLIS-OPENMP\n"), "reference") << "it is not installed";
    EXPECT_EQ(flexiblas_with("default = MKL\n[MKL]\nlibrary = /opt/mkl.so\n"), "mkl (flexiblas)");
    EXPECT_EQ(flexiblas_with(""), "flexiblas");
}

TEST(LibTorch, TheFlexiblasVariableOverridesItsFile) {
    EXPECT_EQ(flexiblas_with("default = OPENBLAS-OPENMP\n", "netlib"), "reference");
    EXPECT_EQ(flexiblas_with("default = NETLIB\n", "openblas-openmp"), "openblas (flexiblas)");
    EXPECT_EQ(flexiblas_with("default = NETLIB\n", "/opt/mkl/libmkl_rt.so"), "mkl (flexiblas)");
}

TEST(LibTorch, SearchesBlasInTheSearchPathOfTheLibrary) {
    const MadeMachine made;
    install_debian(made, {.needed = {"libblas.so.3"}, .runpath = "$ORIGIN/near:relative"});
    install_blas(made, debian + "blas/libblas.so.3");
    made.link(debian + "near/libblas.so.3", "libopenblasp-r0.3.so");
    made.write(debian + "near/libopenblasp-r0.3.so", "");
    EXPECT_EQ(one_on(made).blas.value_or(""), "openblas");
}

TEST(LibTorch, ToleratesCircularLinks) {
    const MadeMachine made;
    install_debian(made, {.needed = {"libblas.so.3"}});
    made.link(debian + "libblas.so.3", "libblas.so.3");
    EXPECT_FALSE(one_on(made).blas);
}

TEST(LibTorch, ARecordingKeepsFactsOfLargeFilesButNoNames) {
    const MadeMachine made;
    const std::string torch = "home/ada/venv/lib/python3.12/site-packages/torch/";
    set_variable(made, "VIRTUAL_ENV", "/home/ada/venv");
    made.write("etc/passwd", "ada:x:1000:1000:Ada:/home/ada:/bin/sh\n");
    made.write(torch + "version.py", "__version__ = '2.8.0'\n");
    made.write(torch + "lib/libtorch_cpu.so",
               MadeElf{.needed = {"libopenblas.so.0"}, .runpath = "/home/ada/blas"}.bytes());
    made.write(torch + "lib/libtorch_cuda.so",
               MadeElf{.sections = {{".nv_fatbin", fat_container({{.capability = 90}})}}}.bytes());
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_FALSE(std::filesystem::exists(folder / "copy/home/ada"));
    const std::string notes = read_file(folder / "copy/trilby-recording.json");
    EXPECT_EQ(notes.find("/ada"), std::string::npos);
    const auto found = probe({.root = folder / "copy"}).libtorch.value_or({});
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].folder, "/home/redacted1/venv/lib/python3.12/site-packages/torch/lib");
    EXPECT_EQ(found[0].version.value_or(""), "2.8.0");
    EXPECT_EQ(found[0].blas.value_or(""), "openblas");
    EXPECT_THAT(*found[0].gpu_targets, ElementsAre("sm_90"));
}

}  // namespace
}  // namespace trilby
