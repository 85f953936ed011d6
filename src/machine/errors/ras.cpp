// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The errors of AMD GPUs by unit (Reliability, Availability, Serviceability), with amdgpu's names
/// in the folder `ras` of the card.

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "machine/errors/family.hpp"

namespace trilby::errors {
namespace {

using enum Remedy;

struct RasKind {
    std::string_view name;
    std::string_view effect;
    Remedies remedies;
    std::uint64_t most_per_minute = 0;
};

constexpr auto ras_kinds = std::to_array<RasKind>({
    {"corrected", "was corrected", {watch, replace_card}, corrections_per_minute},
    {"not corrected",
     "could not be corrected, and results may be wrong",
     {reset_amd, replace_card}},
    {"deferred",
     "could not be corrected, but nothing has used the data yet",
     {reset_amd, replace_card}},
});

struct RasBlock {
    std::string_view name;
    std::string_view unit;
};

constexpr auto ras_blocks = std::to_array<RasBlock>({
    {"umc", "the card's memory or its controller (UMC)"},
    {"sdma", "a copy engine (SDMA)"},
    {"gfx", "the compute and graphics units (GFX)"},
    {"mmhub", "the hub between memory and the copy and video engines (MMHUB)"},
    {"athub", "the hub that translates addresses (ATHUB)"},
    {"pcie_bif", "the PCI Express interface (BIF)"},
    {"hdp", "the path of the CPU to the card's memory (HDP)"},
    {"xgmi_wafl", "the links between cards (XGMI, WAFL)"},
    {"df", "the data fabric (DF)"},
    {"smn", "the network of the management units (SMN)"},
    {"sem", "the semaphores (SEM)"},
    {"mp0", "the security processor (MP0)"},
    {"mp1", "the power management processor (MP1)"},
    {"fuse", "the fuses"},
    {"mca", "the machine check unit (MCA)"},
    {"mca_mp0", "the security processor (MP0)"},
    {"mca_mp1", "the power management processor (MP1)"},
    {"mca_mpio", "the processor for input and output (MPIO)"},
    {"mca_iohc", "the hub for input and output (IOHC)"},
    {"vcn", "a video engine (VCN)"},
    {"jpeg", "a picture decoder (JPEG)"},
    {"ih", "the interrupt handler (IH)"},
    {"mpio", "the processor for input and output (MPIO)"},
    {"mmsch", "the scheduler of the video engines (MMSCH)"},
});

}  // namespace

std::optional<ErrorMeaning> ras_meaning(std::string_view name) {
    const auto parts = split_qualified(name);
    const auto kind = std::ranges::find(ras_kinds, parts ? parts->kind : "", &RasKind::name);
    if (kind == ras_kinds.end()) {
        return std::nullopt;
    }
    const auto block = std::ranges::find(ras_blocks, parts->name, &RasBlock::name);
    const std::string_view unit =
        block != ras_blocks.end() ? block->unit : "a unit that is not in Trilby's list";
    return meaning_of(ErrorOrigin::hardware, fmt::format("an error in {} {}", unit, kind->effect),
                      kind->remedies, kind->most_per_minute);
}

}  // namespace trilby::errors
