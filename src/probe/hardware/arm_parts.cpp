// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/arm_parts.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <string_view>

namespace trilby::sources {
namespace {

struct Part {
    std::uint32_t number;
    std::string_view name;
};
using Parts = std::span<const Part>;

// The numbers that the kernel (arch/arm64/include/asm/cputype.h) and lscpu know.
constexpr std::array arm{
    Part{0x810, "ARM810"},        Part{0x920, "ARM920"},        Part{0x922, "ARM922"},
    Part{0x926, "ARM926"},        Part{0x940, "ARM940"},        Part{0x946, "ARM946"},
    Part{0x966, "ARM966"},        Part{0xa20, "ARM1020"},       Part{0xa22, "ARM1022"},
    Part{0xa26, "ARM1026"},       Part{0xb02, "ARM11-MPCore"},  Part{0xb36, "ARM1136"},
    Part{0xb56, "ARM1156"},       Part{0xb76, "ARM1176"},       Part{0xc05, "Cortex-A5"},
    Part{0xc07, "Cortex-A7"},     Part{0xc08, "Cortex-A8"},     Part{0xc09, "Cortex-A9"},
    Part{0xc0d, "Cortex-A17"},    Part{0xc0e, "Cortex-A17"},    Part{0xc0f, "Cortex-A15"},
    Part{0xc14, "Cortex-R4"},     Part{0xc15, "Cortex-R5"},     Part{0xc17, "Cortex-R7"},
    Part{0xc18, "Cortex-R8"},     Part{0xc20, "Cortex-M0"},     Part{0xc21, "Cortex-M1"},
    Part{0xc23, "Cortex-M3"},     Part{0xc24, "Cortex-M4"},     Part{0xc27, "Cortex-M7"},
    Part{0xc60, "Cortex-M0+"},    Part{0xd01, "Cortex-A32"},    Part{0xd02, "Cortex-A34"},
    Part{0xd03, "Cortex-A53"},    Part{0xd04, "Cortex-A35"},    Part{0xd05, "Cortex-A55"},
    Part{0xd06, "Cortex-A65"},    Part{0xd07, "Cortex-A57"},    Part{0xd08, "Cortex-A72"},
    Part{0xd09, "Cortex-A73"},    Part{0xd0a, "Cortex-A75"},    Part{0xd0b, "Cortex-A76"},
    Part{0xd0c, "Neoverse-N1"},   Part{0xd0d, "Cortex-A77"},    Part{0xd0e, "Cortex-A76AE"},
    Part{0xd13, "Cortex-R52"},    Part{0xd14, "Cortex-R82AE"},  Part{0xd15, "Cortex-R82"},
    Part{0xd16, "Cortex-R52+"},   Part{0xd20, "Cortex-M23"},    Part{0xd21, "Cortex-M33"},
    Part{0xd22, "Cortex-M55"},    Part{0xd23, "Cortex-M85"},    Part{0xd24, "Cortex-M52"},
    Part{0xd40, "Neoverse-V1"},   Part{0xd41, "Cortex-A78"},    Part{0xd42, "Cortex-A78AE"},
    Part{0xd43, "Cortex-A65AE"},  Part{0xd44, "Cortex-X1"},     Part{0xd46, "Cortex-A510"},
    Part{0xd47, "Cortex-A710"},   Part{0xd48, "Cortex-X2"},     Part{0xd49, "Neoverse-N2"},
    Part{0xd4a, "Neoverse-E1"},   Part{0xd4b, "Cortex-A78C"},   Part{0xd4c, "Cortex-X1C"},
    Part{0xd4d, "Cortex-A715"},   Part{0xd4e, "Cortex-X3"},     Part{0xd4f, "Neoverse-V2"},
    Part{0xd80, "Cortex-A520"},   Part{0xd81, "Cortex-A720"},   Part{0xd82, "Cortex-X4"},
    Part{0xd83, "Neoverse-V3AE"}, Part{0xd84, "Neoverse-V3"},   Part{0xd85, "Cortex-X925"},
    Part{0xd87, "Cortex-A725"},   Part{0xd88, "Cortex-A520AE"}, Part{0xd89, "Cortex-A720AE"},
    Part{0xd8a, "C1-Nano"},       Part{0xd8b, "C1-Pro"},        Part{0xd8c, "C1-Ultra"},
    Part{0xd8e, "Neoverse-N3"},   Part{0xd8f, "Cortex-A320"},   Part{0xd90, "C1-Premium"}};
constexpr std::array broadcom{Part{0x00f, "Brahma-B15"}, Part{0x100, "Brahma-B53"},
                              Part{0x516, "ThunderX2"}};
constexpr std::array cavium{
    Part{0x0a0, "ThunderX"},        Part{0x0a1, "ThunderX-88XX"},    Part{0x0a2, "ThunderX-81XX"},
    Part{0x0a3, "ThunderX-83XX"},   Part{0x0af, "ThunderX2-99xx"},   Part{0x0b0, "OcteonTX2"},
    Part{0x0b1, "OcteonTX2-98XX"},  Part{0x0b2, "OcteonTX2-96XX"},   Part{0x0b3, "OcteonTX2-95XX"},
    Part{0x0b4, "OcteonTX2-95XXN"}, Part{0x0b5, "OcteonTX2-95XXMM"}, Part{0x0b6, "OcteonTX2-95XXO"},
    Part{0x0b8, "ThunderX3-T110"}};
constexpr std::array dec{Part{0xa10, "SA110"}, Part{0xa11, "SA1100"}};
constexpr std::array fujitsu{Part{0x001, "A64FX"}, Part{0x003, "MONAKA"}};
constexpr std::array hisilicon{Part{0xd01, "Kunpeng-920"}, Part{0xd02, "TaiShan-v120"},
                               Part{0xd06, "HIP12"}, Part{0xd40, "Cortex-A76"},
                               Part{0xd41, "Cortex-A77"}};
constexpr std::array nvidia{Part{0x000, "Denver"}, Part{0x003, "Denver 2"}, Part{0x004, "Carmel"},
                            Part{0x010, "Olympus"}};
constexpr std::array applied_micro{Part{0x000, "X-Gene"}};
constexpr std::array qualcomm{Part{0x001, "Oryon"},          Part{0x00f, "Scorpion"},
                              Part{0x02d, "Scorpion"},       Part{0x04d, "Krait"},
                              Part{0x06f, "Krait"},          Part{0x201, "Kryo"},
                              Part{0x205, "Kryo"},           Part{0x211, "Kryo"},
                              Part{0x800, "Falkor-V1/Kryo"}, Part{0x801, "Kryo-V2"},
                              Part{0x802, "Kryo-3XX-Gold"},  Part{0x803, "Kryo-3XX-Silver"},
                              Part{0x804, "Kryo-4XX-Gold"},  Part{0x805, "Kryo-4XX-Silver"},
                              Part{0xc00, "Falkor"},         Part{0xc01, "Saphira"}};
constexpr std::array samsung{Part{0x001, "exynos-m1"}, Part{0x002, "exynos-m3"},
                             Part{0x003, "exynos-m4"}, Part{0x004, "exynos-m5"}};
constexpr std::array marvell{Part{0x131, "Feroceon-88FR131"}, Part{0x581, "PJ4/PJ4b"},
                             Part{0x584, "PJ4B-MP"}};
constexpr std::array apple{Part{0x000, "Swift"},
                           Part{0x001, "Cyclone"},
                           Part{0x002, "Typhoon"},
                           Part{0x003, "Typhoon/Capri"},
                           Part{0x004, "Twister"},
                           Part{0x005, "Twister/Elba/Malta"},
                           Part{0x006, "Hurricane"},
                           Part{0x007, "Hurricane/Myst"},
                           Part{0x008, "Monsoon"},
                           Part{0x009, "Mistral"},
                           Part{0x00b, "Vortex"},
                           Part{0x00c, "Tempest"},
                           Part{0x00f, "Tempest-M9"},
                           Part{0x010, "Vortex/Aruba"},
                           Part{0x011, "Tempest/Aruba"},
                           Part{0x012, "Lightning"},
                           Part{0x013, "Thunder"},
                           Part{0x020, "A14 (Icestorm)"},
                           Part{0x021, "A14 (Firestorm)"},
                           Part{0x022, "M1 (Icestorm)"},
                           Part{0x023, "M1 (Firestorm)"},
                           Part{0x024, "M1 Pro (Icestorm)"},
                           Part{0x025, "M1 Pro (Firestorm)"},
                           Part{0x026, "Thunder-M10"},
                           Part{0x028, "M1 Max (Icestorm)"},
                           Part{0x029, "M1 Max (Firestorm)"},
                           Part{0x030, "A15 (Blizzard)"},
                           Part{0x031, "A15 (Avalanche)"},
                           Part{0x032, "M2 (Blizzard)"},
                           Part{0x033, "M2 (Avalanche)"},
                           Part{0x034, "M2 Pro (Blizzard)"},
                           Part{0x035, "M2 Pro (Avalanche)"},
                           Part{0x036, "A16 (Sawtooth)"},
                           Part{0x037, "A16 (Everest)"},
                           Part{0x038, "M2 Max (Blizzard)"},
                           Part{0x039, "M2 Max (Avalanche)"}};
constexpr std::array faraday{Part{0x526, "FA526"}, Part{0x626, "FA626"}};
constexpr std::array intel{Part{0x200, "i80200"},        Part{0x210, "PXA250A"},
                           Part{0x212, "PXA210A"},       Part{0x242, "i80321-400"},
                           Part{0x243, "i80321-600"},    Part{0x290, "PXA250B/PXA26x"},
                           Part{0x292, "PXA210B"},       Part{0x2c2, "i80321-400-B0"},
                           Part{0x2c3, "i80321-600-B0"}, Part{0x2d0, "PXA250C/PXA255/PXA26x"},
                           Part{0x2d2, "PXA210C"},       Part{0x411, "PXA27x"},
                           Part{0x41c, "IPX425-533"},    Part{0x41d, "IPX425-400"},
                           Part{0x41f, "IPX425-266"},    Part{0x682, "PXA32x"},
                           Part{0x683, "PXA930/PXA935"}, Part{0x688, "PXA30x"},
                           Part{0x689, "PXA31x"},        Part{0xb11, "SA1110"},
                           Part{0xc12, "IPX1200"}};
constexpr std::array microsoft{Part{0xd49, "Azure Cobalt 100"}};
constexpr std::array phytium{Part{0x303, "FTC310"}, Part{0x660, "FTC660"}, Part{0x661, "FTC661"},
                             Part{0x662, "FTC662"}, Part{0x663, "FTC663"}, Part{0x664, "FTC664"},
                             Part{0x862, "FTC862"}};
constexpr std::array ampere{Part{0xac3, "Ampere-1"}, Part{0xac4, "Ampere-1a"}};

struct Implementer {
    std::uint32_t number;
    std::string_view name;
    Parts parts;
};
constexpr std::array implementers{Implementer{0x41, "Arm", arm},
                                  Implementer{0x42, "Broadcom", broadcom},
                                  Implementer{0x43, "Cavium", cavium},
                                  Implementer{0x44, "DEC", dec},
                                  Implementer{0x46, "Fujitsu", fujitsu},
                                  Implementer{0x48, "HiSilicon", hisilicon},
                                  Implementer{0x49, "Infineon", Parts()},
                                  Implementer{0x4d, "Motorola", Parts()},
                                  Implementer{0x4e, "NVIDIA", nvidia},
                                  Implementer{0x50, "APM", applied_micro},
                                  Implementer{0x51, "Qualcomm", qualcomm},
                                  Implementer{0x53, "Samsung", samsung},
                                  Implementer{0x56, "Marvell", marvell},
                                  Implementer{0x61, "Apple", apple},
                                  Implementer{0x66, "Faraday", faraday},
                                  Implementer{0x69, "Intel", intel},
                                  Implementer{0x6d, "Microsoft", microsoft},
                                  Implementer{0x70, "Phytium", phytium},
                                  Implementer{0xc0, "Ampere", ampere}};

const Implementer* find_implementer(std::uint32_t number) {
    const auto* known = std::ranges::find(implementers, number, &Implementer::number);
    return known == implementers.end() ? nullptr : known;
}

}  // namespace

std::string arm_implementer_name(std::uint32_t implementer) {
    const Implementer* known = find_implementer(implementer);
    return known == nullptr ? fmt::format("{:#04x}", implementer) : std::string(known->name);
}

std::string arm_part_name(ArmPart part) {
    const Implementer* implementer = find_implementer(part.implementer);
    const Parts parts = implementer == nullptr ? Parts() : implementer->parts;
    const auto known = std::ranges::find(parts, part.number, &Part::number);
    return known == parts.end() ? fmt::format("part {:#05x}", part.number)
                                : std::string(known->name);
}

}  // namespace trilby::sources
