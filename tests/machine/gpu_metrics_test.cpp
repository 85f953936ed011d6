// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Builds tables with the offsets of the kernel's structs, stated here a second time.

#include "machine/gpu_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/little_endian.hpp"
#include "base/random.hpp"

namespace trilby {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

/// A table whose firmware left everything at ones.
class Table {
  public:
    Table(std::uint64_t format, std::uint64_t content, std::size_t size) : bytes_(size, '\xff') {
        put(0, 2, size);
        put(2, 1, format);
        put(3, 1, content);
    }
    Table& put(std::size_t offset, std::size_t bytes, std::uint64_t value) {
        bytes_.replace(offset, bytes, encode_little_endian(value, bytes));
        return *this;
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] GpuMetrics parsed() const {
        const auto metrics = parse_gpu_metrics(bytes_);
        EXPECT_TRUE(metrics) << metrics.error().message;
        return metrics.value_or(GpuMetrics{});
    }
    [[nodiscard]] GpuMetrics of_smi(int version = 26) const {
        const auto metrics = parse_amd_smi_metrics(bytes_, version);
        EXPECT_TRUE(metrics) << metrics.error().message;
        return metrics.value_or(GpuMetrics{});
    }

  private:
    std::string bytes_;
};

TEST(GpuMetrics, OfAGraphicsCardHaveStatusBitsByName) {
    const GpuMetrics metrics =
        Table(1, 3, 120).put(22, 2, 285).put(112, 8, 1ULL << 0 | 1ULL << 36 | 1ULL << 16).parsed();
    EXPECT_THAT(metrics.power_w, Optional(285));
    EXPECT_THAT(metrics.throttle_reasons,
                Optional(ElementsAre("current limit", "heat of the die", "power cap")));
    EXPECT_THAT(metrics.throttle_counts, IsEmpty());
}

TEST(GpuMetrics, OfAnAcceleratorCountReasons) {
    for (const auto& [content, size, looks] : {std::tuple{6, 384, 104}, std::tuple{6, 1664, 32},
                                               std::tuple{7, 2208, 40}, std::tuple{8, 3872, 40}}) {
        Table table(1, static_cast<std::uint64_t>(content), static_cast<std::size_t>(size));
        table.put(10, 2, 740);
        for (std::size_t i = 0; i < 6; ++i) {
            table.put(static_cast<std::size_t>(looks) + 4 * i, 4, 1000 - 100 * i);
        }
        const GpuMetrics metrics = table.parsed();
        EXPECT_THAT(metrics.power_w, Optional(740));
        EXPECT_EQ(metrics.throttle_looks, 1000U) << content;
        EXPECT_THAT(
            metrics.throttle_counts,
            ElementsAre(Pair("PROCHOT", 900U), Pair("heat of the die", 700U),
                        Pair("heat of the memory", 500U),
                        Pair("heat of the voltage regulators", 600U), Pair("power cap", 800U)));
        EXPECT_EQ(metrics.throttle_reasons, std::nullopt);
    }
}

TEST(GpuMetrics, OfAnIntegratedGpuHavePowerInMilliwatts) {
    const GpuMetrics one = Table(2, 4, 168).put(40, 2, 28'500).put(120, 8, 1ULL << 46).parsed();
    EXPECT_THAT(one.power_w, Optional(28.5));
    EXPECT_THAT(one.throttle_reasons, Optional(ElementsAre("PROCHOT")));
    const GpuMetrics other =
        Table(3, 0, 264).put(112, 4, 120'000).put(228, 4, 3).put(236, 4, 9).put(232, 4, 1).parsed();
    EXPECT_THAT(other.power_w, Optional(120));
    EXPECT_THAT(other.throttle_counts, ElementsAre(Pair("PROCHOT", 3U), Pair("power cap", 10U)));
    EXPECT_EQ(other.throttle_looks, std::nullopt);
}

TEST(GpuMetrics, ValuesOfAllOnesAreUnknown) {
    for (const auto& [format, content, size] :
         {std::tuple{1, 0, 80}, std::tuple{1, 1, 96}, std::tuple{1, 2, 104}, std::tuple{1, 3, 120},
          std::tuple{1, 4, 288}, std::tuple{1, 5, 360}, std::tuple{1, 6, 1664},
          std::tuple{1, 7, 2208}, std::tuple{1, 8, 3872}, std::tuple{2, 0, 120},
          std::tuple{2, 1, 120}, std::tuple{2, 2, 128}, std::tuple{2, 3, 152},
          std::tuple{2, 4, 168}, std::tuple{3, 0, 264}}) {
        const GpuMetrics metrics =
            Table(static_cast<std::uint64_t>(format), static_cast<std::uint64_t>(content),
                  static_cast<std::size_t>(size))
                .parsed();
        EXPECT_EQ(metrics.power_w, std::nullopt) << format << content;
        EXPECT_FALSE(metrics.knows_throttling()) << format << content;
        EXPECT_EQ(metrics.throttle_looks, std::nullopt) << format << content;
    }
}

TEST(GpuMetrics, APowerOfZeroIsUnknown) {
    EXPECT_EQ(Table(1, 3, 120).put(22, 2, 0).parsed().power_w, std::nullopt);
}

TEST(GpuMetrics, NoStatusBitMeansNoReason) {
    EXPECT_THAT(Table(1, 3, 120).put(112, 8, 0).parsed().throttle_reasons, Optional(IsEmpty()));
}

// Only AMD knows the bits of one chip.
TEST(GpuMetrics, AStatusOfOneChipIsReportedAsItsNumber) {
    EXPECT_THAT(Table(1, 1, 96).put(68, 4, 0x10).parsed().throttle_reasons,
                Optional(ElementsAre("the firmware (status 0x10)")));
    EXPECT_THAT(Table(1, 1, 96).put(68, 4, 0).parsed().throttle_reasons, Optional(IsEmpty()));
}

// amdgpu writes a constant 0 there.
TEST(GpuMetrics, TheStatusOfVersion14IsNotRead) {
    EXPECT_EQ(Table(1, 4, 288).put(40, 4, 0).parsed().throttle_reasons, std::nullopt);
}

TEST(GpuMetrics, OfUnknownVersionsOrSizesAreRefusedWithWhatWasFound) {
    const auto newer = parse_gpu_metrics(Table(1, 9, 500).bytes());
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().message,
              "gpu_metrics has version 1.9 with 500 bytes, which is not known");
    EXPECT_FALSE(parse_gpu_metrics(Table(1, 3, 124).bytes()));
    EXPECT_FALSE(parse_gpu_metrics(Table(0, 0, 120).bytes()));
}

TEST(GpuMetrics, ThatAreCutAreRefused) {
    const std::string whole = Table(1, 8, 3872).bytes();
    for (const std::size_t size : {0U, 1U, 3U, 4U, 10U, 63U, 3871U}) {
        EXPECT_FALSE(parse_gpu_metrics(whole.substr(0, size))) << size;
    }
    EXPECT_TRUE(parse_gpu_metrics(whole + "more"));
}

TEST(GpuMetrics, OfAnyBytesAreReadWithinTheirBounds) {
    SplitMix64 random(1);
    for (int i = 0; i < 2'000; ++i) {
        std::string bytes(random() % 4000, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(random());
        }
        if (bytes.size() >= 4) {
            bytes[2] = static_cast<char>(1 + random() % 3);
            bytes[3] = static_cast<char>(random() % 9);
        }
        EXPECT_FALSE(parse_gpu_metrics(bytes) && bytes.size() < 80);
        static_cast<void>(parse_amd_smi_metrics(bytes, 26));
    }
}

TEST(AmdSmiMetrics, HaveTheMembersOfAllVersions) {
    Table table(1, 3, amd_smi_metrics_bytes);
    EXPECT_THAT(table.put(22, 2, 285).of_smi().power_w, Optional(285));
    EXPECT_THAT(table.put(120, 2, 290).of_smi().power_w, Optional(290));
    EXPECT_THAT(table.put(112, 8, 1ULL << 34).of_smi().throttle_reasons,
                Optional(ElementsAre("heat of the memory")));
}

TEST(AmdSmiMetrics, OfAnAcceleratorCountReasonsIn64Bits) {
    const GpuMetrics metrics = Table(1, 8, amd_smi_metrics_bytes)
                                   .put(424, 8, 1ULL << 40)
                                   .put(440, 8, 1ULL << 35)
                                   .put(68, 4, 0)  // passed on from the driver's constant
                                   .of_smi();
    EXPECT_EQ(metrics.throttle_looks, 1ULL << 40);
    EXPECT_THAT(metrics.throttle_counts, ElementsAre(Pair("power cap", 1ULL << 35)));
    EXPECT_EQ(metrics.throttle_reasons, std::nullopt);
}

TEST(AmdSmiMetrics, OfOtherReleasesAreRefused) {
    const std::string table = Table(1, 3, amd_smi_metrics_bytes).bytes();
    for (const int version : {24, 25, 26}) {
        EXPECT_TRUE(parse_amd_smi_metrics(table, version)) << version;
    }
    for (const int version : {0, 23, 27}) {
        const auto refused = parse_amd_smi_metrics(table, version);
        ASSERT_FALSE(refused) << version;
        EXPECT_THAT(refused.error().message, HasSubstr("expected 24 to 26"));
    }
}

TEST(ThrottleReasons, OfBitsWithoutANameAreTheirNumbers) {
    EXPECT_THAT(throttle_reasons_of(1ULL << 63), ElementsAre("bit 63 of its status"));
    EXPECT_THAT(throttle_reasons_of(0), IsEmpty());
}

}  // namespace
}  // namespace trilby
