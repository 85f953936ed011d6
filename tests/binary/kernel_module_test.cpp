// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/kernel_module.hpp"

#include <gtest/gtest.h>
#include <string>

#include "binary/unpack_file.hpp"
#include "support/large_file_of.hpp"
#include "support/made_elf.hpp"
#include "support/packed.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::binary {
namespace {

using testing::gzip;
using testing::MadeElf;
using testing::xz;
using testing::zstd;

std::string module_with(const std::string& information) {
    return MadeElf{.sections = {{".text", std::string(3'000'000, 'x')}, {".modinfo", information}}}
        .bytes();
}

std::string module_of_nvidia() {
    using namespace std::string_literals;
    return module_with("firmware=nvidia/580.95.05/gsp_ga10x.bin\0license=NVIDIA\0version=1\0"s);
}

Observed<std::string> license_of(const std::string& file) {
    const testing::TemporaryFolder folder;
    folder.write("nvidia.ko", file);
    return read_module_license(platform::FileTree(folder.path()), "/nvidia.ko");
}

TEST(KernelModule, DeclaresItsLicense) {
    EXPECT_EQ(license_of(module_of_nvidia()).value_or(""), "NVIDIA");
}

TEST(KernelModule, MayBeCompressed) {
    for (const std::string& packed :
         {gzip(module_of_nvidia()), xz(module_of_nvidia()), zstd(module_of_nvidia())}) {
        EXPECT_EQ(license_of(packed).value_or(""), "NVIDIA");
    }
}

TEST(KernelModule, WithoutALicenseIsMalformed) {
    for (const std::string& content : {module_with("version=1"), module_with("license=NVIDIA"),
                                       MadeElf{}.bytes(), std::string("GPL"), std::string()}) {
        EXPECT_EQ(license_of(content).presence(), Presence::malformed);
    }
}

TEST(KernelModule, ThatIsTruncatedOrDamagedIsMalformed) {
    for (std::string packed :
         {gzip(module_of_nvidia()), xz(module_of_nvidia()), zstd(module_of_nvidia())}) {
        EXPECT_EQ(license_of(packed.substr(0, packed.size() / 2)).presence(), Presence::malformed);
        packed.replace(packed.size() / 2, 8, 8, '\xff');
        EXPECT_EQ(license_of(packed).presence(), Presence::malformed);
    }
}

TEST(UnpackFile, RefusesMoreThanTheLimit) {
    const std::string content(5'000'000, 'x');
    for (const std::string& packed : {gzip(content), xz(content), zstd(content)}) {
        const auto file = testing::large_file_of(packed);
        EXPECT_FALSE(unpack_file(file, content.size() - 1));
        const auto unpacked = unpack_file(file, content.size());
        ASSERT_TRUE(unpacked);
        EXPECT_EQ(unpacked->read(0, content.size()), content);
    }
}

TEST(UnpackFile, RefusesAFileThatIsNotCompressed) {
    EXPECT_FALSE(unpack_file(testing::large_file_of("plain text"), 100));
}

TEST(KernelModule, ThatDoesNotExistIsAbsent) {
    const testing::TemporaryFolder folder;
    const auto license = read_module_license(platform::FileTree(folder.path()), "/nvidia.ko");
    EXPECT_EQ(license.presence(), Presence::absent);
}

}  // namespace
}  // namespace trilby::binary
