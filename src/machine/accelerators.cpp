// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/accelerators.hpp"

#include <algorithm>
#include <array>

#include "machine/pci_vendors.hpp"

namespace trilby {
namespace {

using Devices = std::span<const std::uint16_t>;

// From the PCI ID database, and for Amazon from the driver of AWS Neuron. Devices are listed for
// vendors that also make other things.
constexpr std::array<std::uint16_t, 2> amd_npus{0x1502, 0x17f0};
constexpr std::array<std::uint16_t, 1> coral{0x089a};
constexpr std::array<std::uint16_t, 1> vector_engines{0x001c};
constexpr std::array<std::uint16_t, 9> neuron{0x7064, 0x7065, 0x7066, 0x7067, 0x7164,
                                              0x7264, 0x7364, 0x7564, 0x7565};
constexpr std::array<std::uint16_t, 2> kalray{0x0040, 0x00c0};
constexpr std::array<std::uint16_t, 1> bm1684{0x1684};
constexpr std::array<std::uint16_t, 1> bm1684x{0x1686};

constexpr std::array vendors{AcceleratorVendor{pci_vendor::amd_processors, "AMD", amd_npus},
                             AcceleratorVendor{0x1ac1, "Google", coral},
                             AcceleratorVendor{0x1bcf, "NEC", vector_engines},
                             AcceleratorVendor{0x1d0f, "Amazon", neuron},
                             AcceleratorVendor{0x1d26, "Kalray", kalray},
                             AcceleratorVendor{0x1d95, "Graphcore", Devices{}},
                             AcceleratorVendor{0x1da3, "Habana", Devices{}},
                             AcceleratorVendor{0x1de0, "Groq", Devices{}},
                             AcceleratorVendor{0x1e0d, "SambaNova", Devices{}},
                             AcceleratorVendor{0x1e30, "Sophgo", bm1684},
                             AcceleratorVendor{0x1e36, "Enflame", Devices{}},
                             AcceleratorVendor{0x1e38, "Blaize", Devices{}},
                             AcceleratorVendor{0x1e3e, "Iluvatar", Devices{}},
                             AcceleratorVendor{0x1e52, "Tenstorrent", Devices{}},
                             AcceleratorVendor{0x1e60, "Hailo", Devices{}},
                             AcceleratorVendor{0x1e67, "Untether AI", Devices{}},
                             AcceleratorVendor{0x1eca, "Lightmatter", Devices{}},
                             AcceleratorVendor{0x1ed2, "FuriosaAI", Devices{}},
                             AcceleratorVendor{0x1eff, "Rebellions", Devices{}},
                             AcceleratorVendor{0x1f1c, "Sophgo", bm1684x},
                             AcceleratorVendor{0x1f82, "d-Matrix", Devices{}},
                             AcceleratorVendor{0x1f9d, "Axelera", Devices{}},
                             AcceleratorVendor{0x1fe9, "MemryX", Devices{}},
                             AcceleratorVendor{0x1ff4, "DEEPX", Devices{}},
                             AcceleratorVendor{0x209f, "Mobilint", Devices{}},
                             AcceleratorVendor{0x9999, "MetaX", Devices{}},
                             AcceleratorVendor{0xcabc, "Cambricon", Devices{}}};

}  // namespace

const AcceleratorVendor* accelerator_vendor(std::uint16_t vendor_id) {
    const auto* found = std::ranges::find(vendors, vendor_id, &AcceleratorVendor::id);
    return found == vendors.end() ? nullptr : found;
}

bool is_never_accelerator(std::uint32_t class_code) {
    constexpr std::array<std::uint32_t, 4> base_classes{0x01, 0x02, 0x06, 0x0c};
    return std::ranges::find(base_classes, class_code >> 16) != base_classes.end();
}

}  // namespace trilby
