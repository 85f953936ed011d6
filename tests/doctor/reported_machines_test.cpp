// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Machine states rebuilt from public bug reports: the doctor names the true cause first, with a
/// step that works there, and leaves healthy machines alone.

#include <algorithm>
#include <gtest/gtest.h>
#include <ostream>
#include <string>

#include "support/recorded_machine.hpp"
#include <trilby/doctor.hpp>

namespace trilby {
namespace {

using testing::RecordedMachine;

struct Report {
    const char* tree;
    const char* cause;  ///< the id of the first finding; empty on a healthy machine
    const char* step;   ///< part of a step of its remedy

    friend void PrintTo(const Report& report, std::ostream* out) { *out << report.tree; }
};

constexpr Report reports[] = {
    {"r01_blackwell_proprietary", "TRL-N011", "apt install nvidia-driver-580-open"},
    {"r02_hmm_el10", "TRL-N043", "uvm_disable_hmm=1"},
    {"r02b_hmm_el10_runtimes", "TRL-N043", "uvm_disable_hmm=1"},
    {"r06_arch_gtx1070", "TRL-N012", "nvidia-580xx-dkms"},
    {"r07a_envycontrol_blacklist_sboff", "TRL-N041", "envycontrol -s hybrid"},
    {"r07b_envycontrol_blacklist_sbon", "TRL-N041", "envycontrol -s hybrid"},
    {"r07c_envycontrol_nouveau_fallback", "TRL-N041", "envycontrol -s hybrid"},
    {"r08_envycontrol_removed", "TRL-N042", "envycontrol -s hybrid"},
    {"r10_egpu_bar0", "TRL-G040", "pci=realloc"},
    {"r12_daemon_reload", "TRL-C040", "--device"},
    {"r15_ld_library_path", "TRL-N050", "LD_LIBRARY_PATH"},
    {"r17b_suspend_runtimes", "TRL-N015", "NVreg_PreserveVideoMemoryAllocations=1"},
    {"r24a_alma_kmod_gap_precompiledpath", "TRL-N006", "sudo dnf upgrade --refresh"},
    {"r24c_rhel_precompiled_sb_notloaded", "TRL-N005", "mokutil --import"},
    {"r18_fabricmanager", "TRL-N052", "nvidia-fabricmanager"},
    {"r31_gfx906_rocblas", "TRL-A062", "rocm6.3"},
    {"r32_override_mixed", "TRL-A060", "HSA_OVERRIDE_GFX_VERSION"},
    {"r33_gfx1103_override", "TRL-A033", "unset HSA_OVERRIDE_GFX_VERSION"},
    {"r40_selinux_kfd_denied", "TRL-C014", "container_use_devices"},
    {"r40b_selinux_kfd_only", "TRL-C014", "container_use_devices"},
    {"r41_7600xt_igpu", "TRL-A030", "repo.amd.com"},
    {"r44b_arc_render_group", "TRL-I001", "usermod -aG render"},
    {"r49_flatpak_uvm", "TRL-N014", "On the host"},
    {"r52_docker_no_toolkit", "TRL-C041", "nvidia-container-toolkit"},
    {"r53_bluefin_nouveau", "TRL-N001", "bluefin-nvidia-open:stable"},
    {"r54_ubuntu_no_amd_firmware", "TRL-A010", "apt install linux-firmware"},
    {"h07b_tumbleweed_weakupdates_notloaded", "TRL-N005", "mokutil --import"},
    {"h01_dgx_spark_gb10", "", ""},
    {"h03b_gfx1031_per_gpu_override", "", ""},
    {"h04_fedora_rtx4080_sb", "", ""},
    {"h08_rhel9_precompiled_ok", "", ""},
    {"h14_forward_compat_L4", "", ""},
    {"h18_second_card_pascal_display_nouveau", "", ""},
    {"h18b_rtx5090_plus_gtx1050", "", ""},
    {"h22_wsl_ok", "", ""},
    {"h26_lambda_h100_fm_ok", "", ""},
};

class ReportedMachine : public ::testing::TestWithParam<Report> {};

bool has_step(const Finding& finding, std::string_view part) {
    return std::ranges::any_of(finding.remedy, [&](const std::string& step) {
        return step.find(part) != std::string::npos;
    });
}

TEST_P(ReportedMachine, GetsItsTrueCauseFirst) {
    const RecordedMachine trees("reported/trees", GetParam().tree);
    if (!trees.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    const Report& report = GetParam();
    const Diagnosis diagnosis = diagnose(probe({.root = trees.root() / report.tree}));
    if (std::string_view(report.cause).empty()) {
        for (const Finding& finding : diagnosis.findings) {
            EXPECT_EQ(finding.severity, Severity::hint) << finding.id << " is a false alarm";
        }
        return;
    }
    ASSERT_FALSE(diagnosis.findings.empty());
    EXPECT_EQ(diagnosis.findings.front().id, report.cause);
    EXPECT_TRUE(has_step(diagnosis.findings.front(), report.step));
}

std::string name_of(const ::testing::TestParamInfo<Report>& info) {
    return info.param.tree;
}

INSTANTIATE_TEST_SUITE_P(All, ReportedMachine, ::testing::ValuesIn(reports), name_of);

}  // namespace
}  // namespace trilby
