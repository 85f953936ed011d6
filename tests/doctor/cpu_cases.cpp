// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void set_governor(MadeFacts& made, const char* driver) {
    made.machine.cpu.governor =
        fact<std::string>("powersave", "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor");
    made.set_text("/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", driver);
}

/// With a LibTorch of the distribution.
void use_onednn_with_amx(MadeFacts& made, const std::string& version) {
    made.set_libtorch([](LibTorch& libtorch) {
        libtorch.folder = "/usr/lib/x86_64-linux-gnu";
        libtorch.has_onednn = fact(true);
    });
    made.add_library("/usr/lib/x86_64-linux-gnu/libdnnl.so.2", version);
    made.machine.cpu.features = fact(std::vector<std::string>{"amx_bf16", "avx2"}, "CPUID");
}

}  // namespace

std::vector<ConditionCase> cpu_cases() {
    return {
        {"TRL-P001", "libblas.so.3 links to the reference implementation",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.blas = fact<std::string>("reference", "/usr/lib64/libblas.so.3.12.0");
             });
         },
         "it links to an unknown library",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.blas = missing<std::string>(Presence::malformed);
             });
         }},
        {"TRL-P002", "OMP_NUM_THREADS=1 with 16 CPUs",
         [](MadeFacts& made) { made.set_variable("OMP_NUM_THREADS", "1"); },
         "OMP_NUM_THREADS=1 with one CPU",
         [](MadeFacts& made) {
             made.set_variable("OMP_NUM_THREADS", "1");
             made.machine.cpu.usable_cpus = fact<std::uint32_t>(1);
         }},
        {"TRL-P003", "OMP_NUM_THREADS=32 with 16 CPUs",
         [](MadeFacts& made) { made.set_variable("OMP_NUM_THREADS", "32"); },
         "OMP_NUM_THREADS=16 with 16 CPUs",
         [](MadeFacts& made) { made.set_variable("OMP_NUM_THREADS", "16"); }},
        {"TRL-P004", "a quota of 3 of 16 CPUs",
         [](MadeFacts& made) {
             made.machine.cpu.usable_cpus = fact<std::uint32_t>(3, "/sys/fs/cgroup/cpu.max");
         },
         "the same with OMP_NUM_THREADS=3",
         [](MadeFacts& made) {
             made.machine.cpu.usable_cpus = fact<std::uint32_t>(3, "/sys/fs/cgroup/cpu.max");
             made.set_variable("OMP_NUM_THREADS", "3");
         }},
        {"TRL-P005", "a LibTorch without oneDNN",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) { libtorch.has_onednn = fact(false); });
         },
         "a LibTorch with unknown configuration",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) { libtorch.has_onednn = missing<bool>(); });
         }},
        {"TRL-P005", "two LibTorch without oneDNN",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) { libtorch.has_onednn = fact(false); });
             add_like_first<LibTorch>(made.machine.libtorch, [](LibTorch&) {});
         },
         "the second has it",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) { libtorch.has_onednn = fact(false); });
             add_like_first<LibTorch>(made.machine.libtorch,
                                      [](LibTorch& second) { second.has_onednn = fact(true); });
         }},
        {"TRL-P005", "one LibTorch without oneDNN",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) { libtorch.has_onednn = fact(false); });
         },
         "the same with a GPU that can compute",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) { libtorch.has_onednn = fact(false); });
             add_nvidia_card(made);
         }},
        {"TRL-P006", "AVX2 only",
         [](MadeFacts& made) {
             made.machine.cpu.features = fact(std::vector<std::string>{"avx2", "fma"}, "CPUID");
         },
         "Arm's bf16",
         [](MadeFacts& made) {
             made.machine.cpu.features = fact(std::vector<std::string>{"asimd", "bf16"});
         }},
        {"TRL-P007", "governor powersave with acpi-cpufreq",
         [](MadeFacts& made) { set_governor(made, "acpi-cpufreq"); },
         "governor powersave with intel_pstate",
         [](MadeFacts& made) { set_governor(made, "intel_pstate"); }},
        {"TRL-P020", "oneDNN 2.6 on a CPU with AMX",
         [](MadeFacts& made) { use_onednn_with_amx(made, "2.6"); }, "oneDNN 3.5",
         [](MadeFacts& made) { use_onednn_with_amx(made, "3.5"); }},
        {"TRL-P020", "oneDNN 2.7.3 on a CPU with AMX",
         [](MadeFacts& made) { use_onednn_with_amx(made, "2.7.3"); }, "ONEDNN_MAX_CPU_ISA is set",
         [](MadeFacts& made) {
             use_onednn_with_amx(made, "2.7.3");
             made.set_variable("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16");
         }},
        {"TRL-P020", "the distribution's LibTorch uses it",
         [](MadeFacts& made) { use_onednn_with_amx(made, "2.6"); },
         "a wheel, which contains its own oneDNN",
         [](MadeFacts& made) {
             use_onednn_with_amx(made, "2.6");
             made.set_libtorch([](LibTorch& libtorch) { libtorch.folder = "/home/user/lib"; });
         }},
        {"TRL-P008", "x86-64-v2",
         [](MadeFacts& made) { made.machine.cpu.isa_level = fact<std::string>("x86-64-v2"); },
         "x86-64-v3",
         [](MadeFacts& made) { made.machine.cpu.isa_level = fact<std::string>("x86-64-v3"); }},
    };
}

}  // namespace trilby::testing
