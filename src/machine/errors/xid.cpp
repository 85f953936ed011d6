// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The errors of NVIDIA's driver by their number (Xid), which has the same meaning in every
/// release. Origins and remedies follow NVIDIA's catalog, docs.nvidia.com/deploy/xid-errors.

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "machine/errors/family.hpp"

namespace trilby::errors {
namespace {

using enum Remedy;

struct Xid {
    std::uint16_t first;
    std::uint16_t last;
    ErrorOrigin origin;
    std::string_view meaning;
    Remedies remedies;
};

constexpr auto notice = ErrorOrigin::notice;
constexpr auto program = ErrorOrigin::program;
constexpr auto driver = ErrorOrigin::driver;
constexpr auto driver_or_hardware = ErrorOrigin::driver_or_hardware;
constexpr auto hardware = ErrorOrigin::hardware;

constexpr std::string_view copy_engine = "a copy engine of the GPU failed";
constexpr std::string_view decoder =
    "a decoder for video or pictures failed, often because of broken data";
constexpr std::string_view encoder = "an encoder for video or the optical flow unit failed";
constexpr std::string_view nvlink_logic = "the GPU's logic for NVLink (fifth generation) failed";
constexpr std::string_view confidential_link =
    "an NVLink was used against the rules of confidential computing";

constexpr auto xids = std::to_array<Xid>({
    {8, 8, driver, "a channel of the GPU did not become idle in time", {restart_program, report}},
    {11,
     11,
     program,
     "a program sent commands that the GPU does not have",
     {check_program, report}},
    {13,
     13,
     program,
     "a kernel of a program failed: usually an access outside an array, or an illegal instruction",
     {check_program, report}},
    {14, 14, notice, "a program injected an error as a test", {none}},
    {25, 25, program, "a program sent illegal commands to the GPU", {check_program, report}},
    {31,
     31,
     program,
     "a program accessed an address that is not in the GPU's memory (page fault)",
     {check_program, report}},
    {32,
     32,
     hardware,
     "commands arrived damaged at the GPU, usually because of the PCI Express link",
     {restart_program, reseat}},
    {37, 37, driver, "the GPU's firmware got a command that it does not have", {watch, update}},
    {38, 38, driver, "the GPU's firmware missed the deadline of its watchdog", {watch, update}},
    {39, 41, driver_or_hardware, copy_engine, {restart_program, report}},
    {43,
     43,
     program,
     "a program ended because of a fault of its own; the GPU is in order",
     {check_program, report}},
    {44,
     44,
     driver,
     "the graphics engine failed while it changed from one program to another",
     {watch, report}},
    {45,
     45,
     program,
     "the driver ended the work of a program, which was stopped or met another error",
     {follow_other_errors}},
    {46, 46, driver_or_hardware, "the GPU stopped working", {reset_nvidia, report}},
    {47, 47, driver_or_hardware, encoder, {restart_program, report}},
    {48,
     48,
     hardware,
     "an error in the GPU's memory could not be corrected (double bit)",
     {reset_nvidia, replace_card}},
    {54, 54, hardware, "the power plugs of the card are not connected", {reseat}},
    {56, 56, driver_or_hardware, "the display engine failed", {reboot, report}},
    {57,
     58,
     hardware,
     "the interface between the GPU and its memory is not stable",
     {reset_nvidia, replace_card}},
    {59, 59, driver, "the power management unit of the GPU failed", {reset_nvidia, update}},
    {60, 60, driver, "the security engine (SEC2) of the GPU failed", {restart_program, update}},
    {61,
     61,
     driver_or_hardware,
     "the power management unit of the GPU stopped at a breakpoint",
     {reset_nvidia, report}},
    {62,
     62,
     driver_or_hardware,
     "the power management unit of the GPU halted",
     {reset_nvidia, replace_card}},
    {63,
     63,
     hardware,
     "a faulty row or page of the GPU's memory will be replaced by a spare",
     {reset_nvidia_later, replace_card}},
    {64,
     64,
     hardware,
     "a faulty row or page of the GPU's memory could not be replaced by a spare",
     {reset_nvidia, replace_card}},
    {65, 65, driver_or_hardware, encoder, {restart_program, report}},
    {66, 67, driver, "the driver accessed the GPU in an illegal way", {watch, update}},
    {68, 68, program, decoder, {restart_program, report}},
    {69,
     69,
     program,
     "a program used the graphics engine in a way that it does not have",
     {check_program, report}},
    {70, 72, driver_or_hardware, copy_engine, {restart_program, report}},
    {73, 73, driver_or_hardware, encoder, {restart_program, report}},
    {74,
     74,
     hardware,
     "an NVLink failed, or the GPU or switch at its other end",
     {reset_nvidia, check_bridges}},
    {75, 77, driver_or_hardware, copy_engine, {restart_program, report}},
    {78, 78, driver, "a virtual GPU could not be started", {update}},
    {79, 79, hardware, "the GPU no longer answers on the PCI Express bus", {cold_start, reseat}},
    {80,
     80,
     driver_or_hardware,
     "commands arrived damaged at the GPU (checksum)",
     {restart_program, reseat}},
    {81, 81, driver_or_hardware, "the VGA unit of the GPU failed", {reboot, report}},
    {82, 84, program, decoder, {restart_program, report}},
    {85, 85, driver_or_hardware, copy_engine, {restart_program, report}},
    {86, 86, driver_or_hardware, encoder, {restart_program, report}},
    {88, 89, program, decoder, {restart_program, report}},
    {92,
     92,
     hardware,
     "errors in the GPU's memory are corrected unusually often",
     {watch, replace_card}},
    {93, 93, notice, "the InfoROM was not written, because its limit for writing is set", {none}},
    {94,
     94,
     hardware,
     "an error in the GPU's memory could not be corrected; only one program is affected",
     {restart_program_and_reset_nvidia_later, replace_card}},
    {95,
     95,
     hardware,
     "an error in the GPU's memory could not be corrected, and every program may be affected",
     {reset_nvidia, replace_card}},
    {96, 105, program, decoder, {restart_program, report}},
    {106, 107, notice, "a test message from the board's management controller", {none}},
    {108,
     108,
     program,
     "a program accessed an address that another GPU does not have, over NVLink",
     {check_program, report}},
    {109, 109, driver, "the change from one program to another timed out", {reset_nvidia, report}},
    {110,
     110,
     hardware,
     "the GPU's protection against manipulation found a fault",
     {cold_start, replace_card}},
    {119,
     119,
     driver,
     "the GPU's system processor (GSP) did not answer the driver in time",
     {reset_nvidia, update}},
    {120,
     120,
     driver,
     "the firmware of the GPU's system processor (GSP) failed",
     {reset_nvidia, update}},
    {121,
     121,
     hardware,
     "errors on the link between GPU and CPU (C2C) were corrected",
     {reset_nvidia_later, report}},
    {122,
     124,
     hardware,
     "the flash memory with the card's firmware failed",
     {update, replace_card}},
    {125, 125, hardware, "the InfoROM of the card is damaged", {report, replace_card}},
    {126, 135, driver_or_hardware, copy_engine, {restart_program, report}},
    {136, 136, hardware, "an NVLink could not be trained", {reset_nvidia, check_bridges}},
    {137,
     137,
     program,
     "a program accessed another GPU in an illegal way, over NVLink",
     {check_program, report}},
    {139, 139, driver_or_hardware, encoder, {restart_program, report}},
    {140,
     140,
     hardware,
     "an error in the GPU's memory could be neither corrected nor recorded",
     {reset_nvidia, replace_card}},
    {141, 141, driver, "the fast path of CUDA failed", {watch, report}},
    {142, 142, driver_or_hardware, encoder, {report}},
    {143,
     143,
     driver_or_hardware,
     "the GPU could not be initialized",
     {reset_nvidia, replace_card}},
    {144, 148, driver_or_hardware, nvlink_logic, {follow_other_errors, report}},
    {149,
     149,
     hardware,
     "an NVLink (fifth generation) went down or has many bit errors",
     {reset_nvidia, check_bridges}},
    {150,
     150,
     driver_or_hardware,
     "the controller that manages NVLink (fifth generation) failed",
     {reset_nvidia, report}},
    {151, 151, driver, "the keys of confidential computing could not be changed", {reboot, report}},
    {154,
     154,
     driver_or_hardware,
     "the action that the GPU needs after other errors has changed",
     {follow_kernel_log}},
    {155, 155, driver, "software took an NVLink down", {reset_nvidia, report}},
    {156, 156, hardware, "a faulty part of the GPU will be replaced by a spare", {reset_nvidia}},
    {157,
     157,
     hardware,
     "a faulty part of the GPU could not be replaced, because there is no spare",
     {watch, replace_card}},
    {158, 158, driver_or_hardware, "the GPU timed out and cannot go on", {reset_nvidia, report}},
    {159,
     159,
     hardware,
     "a transfer between GPU and CPU over their link (C2C) failed",
     {reset_nvidia, report}},
    {160,
     160,
     hardware,
     "a faulty channel of the GPU's memory will be replaced by a spare",
     {watch, report}},
    {161,
     161,
     hardware,
     "a faulty channel of the GPU's memory could not be replaced by a spare",
     {watch, report}},
    {162, 162, notice, "the hardware that smooths the GPU's power is on again", {none}},
    {163,
     163,
     notice,
     "the hardware that smooths the GPU's power is off, because of heat or a timeout",
     {none}},
    {164, 164, notice, "the hardware that smooths the GPU's power is nearly worn out", {watch}},
    {165,
     165,
     hardware,
     "the hardware that smooths the GPU's power is worn out",
     {watch, replace_card}},
    {166, 166, driver, confidential_link, {report}},
    {167, 167, hardware, "a transfer on the PCI Express bus timed out", {reset_nvidia, reseat}},
    {168,
     168,
     hardware,
     "errors in a protected part of the GPU's memory reduce its size",
     {reboot, replace_card}},
    {169, 169, driver, "the security engine (SEC2) of the GPU halted", {reset_nvidia, update}},
    {170, 170, driver, confidential_link, {report}},
    {171,
     171,
     hardware,
     "the error that could not be corrected (Xid 48) is in the card's memory (DRAM)",
     {reset_nvidia, replace_card}},
    {172,
     172,
     hardware,
     "the error that could not be corrected (Xid 48) is inside the GPU (SRAM)",
     {reset_nvidia, replace_card}},
});

static_assert(std::ranges::adjacent_find(xids, [](const Xid& one, const Xid& next) {
                  return one.first > one.last || one.last >= next.first;
              }) == xids.end());

}  // namespace

std::optional<ErrorMeaning> xid_meaning(std::string_view number) {
    const auto code = parse_number<std::uint64_t>(number);
    if (!code) {
        return std::nullopt;
    }
    const auto found = std::ranges::find_if(
        xids, [&](const Xid& xid) { return xid.first <= *code && *code <= xid.last; });
    return found != xids.end()
               ? meaning_of(found->origin, found->meaning, found->remedies)
               : meaning_of(driver_or_hardware,
                            "an error of NVIDIA's driver that is not in Trilby's list; "
                            "docs.nvidia.com/deploy/xid-errors may have it",
                            {follow_kernel_log, report});
}

}  // namespace trilby::errors
