// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/gpu_code.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "support/large_file_of.hpp"
#include "support/made_gpu_code.hpp"
#include "support/packed.hpp"

namespace trilby::binary {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;
using namespace testing;  // the synthetic files

using Targets = std::vector<std::string>;

constexpr std::uint64_t for_one_gpu = 0x100000;
constexpr std::uint64_t for_a_family = 0x200000;

std::string library_with(const std::string& section, const std::string& code) {
    return MadeElf{.sections = {{section, code}}}.bytes();
}

std::optional<Targets> targets_in(const std::string& bytes) {
    return gpu_targets_in(large_file_of(bytes));
}

std::string deflated(const std::string& plain) {
    uLongf size = ::compressBound(plain.size());
    std::string packed(size, '\0');
    ::compress(reinterpret_cast<Bytef*>(packed.data()), &size,
               reinterpret_cast<const Bytef*>(plain.data()), plain.size());
    packed.resize(size);
    return packed;
}

/// Truncated anywhere, the library has a subset of its targets or is malformed.
void expect_no_invention(const std::string& bytes) {
    const Targets all = *targets_in(bytes);
    ASSERT_THAT(all, Not(IsEmpty()));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_THAT(targets_in(bytes.substr(0, size)).value_or(Targets()), IsSubsetOf(all)) << size;
    }
}

const std::string nvidia_code =
    fat_container({{.capability = 75}, {.capability = 90, .flags = for_one_gpu}}) +
    fat_container({{.capability = 100, .flags = for_a_family, .header_bytes = 112},
                   {.kind = 1, .capability = 120, .header_bytes = 80},
                   {.capability = 75}});

const std::string amd_code = aligned(offload_bundle({"gfx90a:sramecc+:xnack-", "gfx11-generic"})) +
                             offload_bundle({"gfx1201", "gfx11-generic"});

TEST(GpuCode, ALibraryWithoutGpuCodeHasNoTargets) {
    const auto targets = targets_in(library_with(".text", "code"));
    ASSERT_TRUE(targets);
    EXPECT_THAT(*targets, IsEmpty());
}

TEST(GpuCode, ReadsFatBinaries) {
    EXPECT_THAT(*targets_in(library_with(".nv_fatbin", nvidia_code)),
                ElementsAre("compute_120", "sm_75", "sm_90a", "sm_100f"));
}

TEST(GpuCode, ReadsOffloadBundles) {
    EXPECT_THAT(*targets_in(library_with(".hip_fatbin", amd_code)),
                ElementsAre("gfx11-generic", "gfx90a:sramecc+:xnack-", "gfx1201"));
}

TEST(GpuCode, ReadsCompressedBundles) {
    const std::string plain = offload_bundle({"gfx1100", "gfx90a:xnack+"});
    for (const std::uint16_t version : {1, 2, 3}) {
        const auto with = [&](std::uint16_t method, const std::string& packed) {
            return targets_in(
                library_with(".hip_fatbin", packed_bundle(version, method, packed, plain.size())));
        };
        const auto targets = Targets{"gfx90a:xnack+", "gfx1100"};
        EXPECT_EQ(with(0, deflated(plain)), targets) << version;
        EXPECT_EQ(with(1, zstd(plain)), targets) << version;
    }
}

TEST(GpuCode, ReadsConsecutiveCompressedBundlesIfTheyHaveASize) {
    std::string code;
    for (const char* target : {"gfx1100", "gfx1101"}) {
        const std::string plain = offload_bundle({target});
        code += aligned(packed_bundle(3, 1, zstd(plain), plain.size()));
    }
    EXPECT_THAT(*targets_in(library_with(".hip_fatbin", code)), ElementsAre("gfx1100", "gfx1101"));
}

TEST(GpuCode, CodeInAnUnknownFormatIsMalformed) {
    const std::string plain = offload_bundle({"gfx1100"});
    for (const std::string& code :
         {std::string(), std::string(100'000, '\0'), std::string("\x50\xed\x55\xba"),
          fat_container({}), fat_container({{.kind = 7, .capability = 90}}),
          fat_container({{.capability = 0}}), std::string("__CLANG_OFFLOAD_BUNDLE__"),
          offload_bundle({}), offload_bundle({"gfx\x1b[31m"}),
          packed_bundle(4, 1, zstd(plain), plain.size()),
          packed_bundle(3, 2, zstd(plain), plain.size()),
          packed_bundle(3, 1, deflated(plain), plain.size()),
          packed_bundle(3, 0, zstd(plain), plain.size()),
          packed_bundle(3, 1, zstd("nothing"), plain.size())}) {
        EXPECT_FALSE(targets_in(library_with(".nv_fatbin", code)));
        EXPECT_FALSE(targets_in(library_with(".hip_fatbin", code)));
    }
}

TEST(GpuCode, ATruncatedLibraryGivesNoWrongTargets) {
    expect_no_invention(library_with(".nv_fatbin", nvidia_code));
    expect_no_invention(library_with(".hip_fatbin", offload_bundle({"gfx90a:xnack-", "gfx1100"})));
    const std::string plain = offload_bundle({"gfx90a:xnack-", "gfx1100"});
    expect_no_invention(
        library_with(".hip_fatbin", packed_bundle(2, 1, zstd(plain), plain.size())));
}

TEST(GpuCode, ToleratesAnyWrongByte) {
    const std::string plain = offload_bundle({"gfx90a:xnack-"});
    for (const std::string& bytes :
         {library_with(".nv_fatbin", nvidia_code),
          library_with(".hip_fatbin", packed_bundle(3, 1, zstd(plain), plain.size()))}) {
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            for (const char wrong : {'\0', '\x7f', '\xff'}) {
                std::string changed = bytes;
                changed[at] = wrong;
                EXPECT_LT(targets_in(changed).value_or(Targets()).size(), 16U) << at;
            }
        }
    }
}

TEST(GpuCode, ReadsALimitedNumberOfContainers) {
    std::string code;
    for (int i = 0; i < 5000; ++i) {
        code += fat_container({{.capability = 80}});
    }
    code += fat_container({{.capability = 90}});
    EXPECT_THAT(*targets_in(library_with(".nv_fatbin", code)), ElementsAre("sm_80"));
}

TEST(GpuCode, DoesNotUnpackADecompressionBomb) {
    const std::string packed = zstd(std::string(64U << 20, '\0'));
    EXPECT_FALSE(targets_in(library_with(".hip_fatbin", packed_bundle(3, 1, packed, 64U << 20))));
}

}  // namespace
}  // namespace trilby::binary
