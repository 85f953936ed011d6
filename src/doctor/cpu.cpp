// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that make the CPU slow without an error.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"

namespace trilby::doctor {
namespace {

constexpr std::array thread_variables{watched::variables.omp_num_threads,
                                      watched::variables.openblas_num_threads,
                                      watched::variables.mkl_num_threads};

/// The number of threads that a variable sets.
Observed<std::uint32_t> thread_setting(const Facts& facts, watched::Name variable) {
    return facts.variable(variable).parse([](const std::string& text) {
        return parse_number<std::uint32_t>(std::string_view(text).substr(0, text.find(',')));
    });
}

Evidence reference_blas(const Facts& facts) {
    std::vector<std::string> lines;
    for (const LibTorch& libtorch : facts.machine.libtorch.value_or({})) {
        if (libtorch.blas.value_or("") == "reference") {
            lines.push_back(fmt::format("the LibTorch in {} computes with the reference BLAS ({})",
                                        printable(libtorch.folder, 256),
                                        printable(libtorch.blas.source(), 256)));
        }
    }
    return lines.empty() ? std::nullopt : Evidence(lines);
}

Evidence one_thread(const Facts& facts) {
    const auto usable = facts.machine.cpu.usable_cpus;
    for (const watched::Name variable : thread_variables) {
        if (thread_setting(facts, variable).value_or(0) == 1 && usable.value_or(1) > 1) {
            return found(fmt::format("{}, where {} CPUs are usable",
                                     quote(facts.variable(variable)), *usable));
        }
    }
    return std::nullopt;
}

Evidence too_many_threads(const Facts& facts) {
    const auto usable = facts.machine.cpu.usable_cpus;
    for (const watched::Name variable : thread_variables) {
        if (usable && thread_setting(facts, variable).value_or(0) > *usable) {
            return found(fmt::format("{}, where {} CPUs are usable",
                                     quote(facts.variable(variable)), *usable));
        }
    }
    return std::nullopt;
}

Evidence quota(const Facts& facts) {
    const auto& usable = facts.machine.cpu.usable_cpus;
    const auto& online = facts.machine.cpu.logical_cpus_online;
    const bool is_limited = usable && online && *usable < *online;
    // If it is set, the user has chosen the number of threads.
    const bool is_set = facts.variable(watched::variables.omp_num_threads).has_value();
    return is_limited && !is_set ? found(fmt::format("{} of {} CPUs may be used ({})", *usable,
                                                     *online, usable.source()))
                                 : std::nullopt;
}

/// One LibTorch with oneDNN is enough, and a GPU does not need it.
Evidence no_onednn(const Facts& facts) {
    std::vector<std::string> lines;
    for (const LibTorch& libtorch : facts.machine.libtorch.value_or({})) {
        if (libtorch.has_onednn.value_or(true) || has_compute_gpu(facts.machine)) {
            return std::nullopt;
        }
        lines.push_back(fmt::format("the LibTorch in {} was built without it ({})",
                                    printable(libtorch.folder, 256),
                                    printable(libtorch.has_onednn.source(), 256)));
    }
    return lines.empty() ? std::nullopt : Evidence(lines);
}

bool has_feature(const Machine& machine, std::string_view name) {
    const auto features = machine.cpu.features.value_or({});
    return std::ranges::find(features, name) != features.end();
}

Evidence no_bfloat16(const Facts& facts) {
    const auto& cpu = facts.machine.cpu;
    // With a GPU, training does not run on the CPU.
    const bool is_known = cpu.features && !cpu.features->empty() && !has_compute_gpu(facts.machine);
    constexpr std::array names{"avx512_bf16", "amx_bf16", "avx_ne_convert", "bf16"};
    const bool has_any = std::ranges::any_of(
        names, [&](const char* name) { return has_feature(facts.machine, name); });
    return is_known && !has_any
               ? found(fmt::format("its features include none of avx512_bf16, amx_bf16 and bf16 "
                                   "({})",
                                   cpu.features.source()))
               : std::nullopt;
}

Evidence old_cpu(const Facts& facts) {
    const auto& level = facts.machine.cpu.isa_level;
    return level && (*level == "x86-64-v1" || *level == "x86-64-v2") ? found(quote(level))
                                                                     : std::nullopt;
}

Evidence saving_power(const Facts& facts) {
    const auto profile = facts.text(watched::texts.platform_profile);
    if (profile.value_or("") == "low-power" || profile.value_or("") == "quiet") {
        return found(quote(profile));
    }
    // With drivers that let the processor choose its clock, "powersave" is the default and fast.
    const auto& governor = facts.machine.cpu.governor;
    const std::string name = facts.text(watched::texts.cpu_frequency_driver).value_or("");
    const bool is_fixed_to_slow = name == "acpi-cpufreq" || name == "intel_cpufreq" ||
                                  name == "amd-pstate" || name == "cppc_cpufreq";
    return governor.value_or("") == "powersave" && is_fixed_to_slow
               ? found(fmt::format("{}, with the driver {}", quote(governor), name))
               : std::nullopt;
}

constexpr std::array conditions{
    Condition{
        .id = "TRL-P001",
        .severity = Severity::degrades,
        .title = "LibTorch multiplies matrices with the reference BLAS",
        .why = "Matrix products take about 30 times as long as with an optimized BLAS.",
        .remedy = {.any = "Install an optimized BLAS such as OpenBLAS and make it the system's "
                          "libblas.so.3.",
                   .fedora = "sudo dnf install flexiblas-openblas-openmp\n"
                             "If a variable selects another library: unset FLEXIBLAS\n"
                             "If this file selects one, set default = OPENBLAS-OPENMP: sudoedit "
                             "/etc/flexiblasrc",
                   .atomic = "rpm-ostree install flexiblas-openblas-openmp\n"
                             "systemctl reboot\n"
                             "If a variable selects another library: unset FLEXIBLAS\n"
                             "If this file selects one, set default = OPENBLAS-OPENMP: sudoedit "
                             "/etc/flexiblasrc",
                   .debian = "sudo apt install libopenblas0-pthread"},
        .find = reference_blas},
    Condition{.id = "TRL-P002",
              .severity = Severity::degrades,
              .title = "A variable limits computing to one thread",
              .why = "All but one of the CPUs stay idle while a network trains.",
              .remedy = {.any = "unset OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS"},
              .reads = {watched::variables.omp_num_threads, watched::variables.openblas_num_threads,
                        watched::variables.mkl_num_threads},
              .find = one_thread},
    Condition{.id = "TRL-P003",
              .severity = Severity::degrades,
              .title = "A variable asks for more threads than there are usable CPUs",
              .why = "Threads compete for the CPUs, and waiting threads slow down the others.",
              .remedy = {.any = "unset OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS"},
              .reads = {watched::variables.omp_num_threads, watched::variables.openblas_num_threads,
                        watched::variables.mkl_num_threads},
              .find = too_many_threads},
    Condition{
        .id = "TRL-P004",
        .severity = Severity::hint,
        .title = "This process may use only some of the machine's CPUs",
        .why = "Programs that count the machine's CPUs start too many threads.",
        .remedy = {.any = "Before you start other programs, with the number of usable CPUs as N: "
                          "export OMP_NUM_THREADS=N\n"
                          "For a container: give it more CPUs when you create it (--cpus)."},
        .reads = {watched::variables.omp_num_threads},
        .find = quota},
    Condition{.id = "TRL-P005",
              .severity = Severity::hint,
              .title = "LibTorch was built without oneDNN",
              .why = "Convolutions on the CPU take several times as long.",
              .remedy = {.any = "python3 -m venv ~/.local/share/torch\n"
                                "~/.local/share/torch/bin/pip install torch --index-url "
                                "https://download.pytorch.org/whl/cpu\n"
                                "To let Trilby find it: export VIRTUAL_ENV=~/.local/share/torch"},
              .find = no_onednn},
    Condition{
        .id = "TRL-P006",
        .severity = Severity::hint,
        .title = "This CPU has no instructions for bfloat16",
        .why = "Mixed precision on the CPU makes training slower here, not faster.",
        .remedy = {.any = "Train with 32-bit numbers on this CPU, which is Trilby's default."},
        .find = no_bfloat16},
    Condition{.id = "TRL-P007",
              .severity = Severity::degrades,
              .title = "The machine is set to save power",
              .why = "The CPU runs far below its full speed, even under load.",
              .remedy = {.any = "powerprofilesctl set performance",
                         .toolbx = "On the host: powerprofilesctl set performance",
                         .container = "On the host: powerprofilesctl set performance"},
              .place = Place::host,
              .reads = {watched::texts.cpu_frequency_driver, watched::texts.platform_profile},
              .find = saving_power},
    Condition{.id = "TRL-P008",
              .severity = Severity::degrades,
              .title = "The CPU is older than AVX2",
              .why = "It cannot run fast kernels, and some builds of PyTorch stop with an illegal "
                     "instruction.",
              .remedy = {.any = "Use the distribution's LibTorch instead of a wheel."},
              .find = old_cpu},
};

}  // namespace

std::span<const Condition> cpu_conditions() {
    return conditions;
}

}  // namespace trilby::doctor
