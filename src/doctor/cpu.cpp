// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that make the CPU slow without an error.

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/library_defects.hpp"
#include "machine/software.hpp"

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

Values usable_cpus(const Facts& facts) {
    const auto& usable = facts.machine.cpu.usable_cpus;
    return value_if_any("count", usable ? fmt::format("{}", *usable) : "");
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

/// On other architectures the probe does not look for such instructions.
bool may_have_bfloat16(const Cpu& cpu) {
    const std::string architecture = cpu.architecture.value_or("");
    return architecture == "x86_64" || architecture == "aarch64";
}

Evidence no_bfloat16(const Facts& facts) {
    const auto& cpu = facts.machine.cpu;
    // With a GPU, training does not run on the CPU.
    const bool is_known = cpu.features && !cpu.features->empty() && may_have_bfloat16(cpu) &&
                          !has_compute_gpu(facts.machine);
    constexpr std::array names{cpu_features::x86.avx512_bf16, cpu_features::x86.amx_bf16,
                               cpu_features::x86.avx_ne_convert, cpu_features::arm.bf16};
    const bool has_any = std::ranges::any_of(
        names, [&](cpu_features::Name name) { return facts.has_cpu_feature(name); });
    return is_known && !has_any ? found(fmt::format("its features include none of {} ({})",
                                                    fmt::join(names, ", "), cpu.features.source()))
                                : std::nullopt;
}

/// Some releases multiply certain bfloat16 matrices with an invalid AMX instruction. Only the
/// LibTorch of a distribution uses the distribution's oneDNN.
Evidence invalid_amx_code(const Facts& facts) {
    const auto builds = facts.machine.libtorch.value_or({});
    const bool is_used = std::ranges::any_of(builds, [](const LibTorch& libtorch) {
        return is_from_distribution(libtorch) && libtorch.has_onednn.value_or(false);
    });
    const LibraryFile* onednn = library(facts.machine, "libdnnl.so.2");
    const bool is_faulty = onednn != nullptr && onednn->version &&
                           library_defects::onednn_invalid_amx_code.is_in(*onednn->version);
    const bool is_limited =
        facts.variable(watched::variables.onednn_max_cpu_isa).presence() != Presence::absent;
    return is_used && is_faulty && !is_limited && facts.has_cpu_feature(cpu_features::x86.amx_bf16)
               ? Evidence({quote(onednn->version),
                           fmt::format("{}: amx_bf16", facts.machine.cpu.features.source())})
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

constexpr std::array cpu_table{
    Condition{.id = "TRL-P020",
              .severity = Severity::degrades,
              .reads = {watched::variables.onednn_max_cpu_isa},
              .find = invalid_amx_code},
    Condition{.id = "TRL-P001", .severity = Severity::degrades, .find = reference_blas},
    Condition{.id = "TRL-P002",
              .severity = Severity::degrades,
              .reads = {watched::variables.omp_num_threads, watched::variables.openblas_num_threads,
                        watched::variables.mkl_num_threads},
              .find = one_thread},
    Condition{.id = "TRL-P003",
              .severity = Severity::degrades,
              .reads = {watched::variables.omp_num_threads, watched::variables.openblas_num_threads,
                        watched::variables.mkl_num_threads},
              .find = too_many_threads},
    Condition{.id = "TRL-P004",
              .severity = Severity::hint,
              .reads = {watched::variables.omp_num_threads},
              .find = quota,
              .values = usable_cpus},
    Condition{.id = "TRL-P005", .severity = Severity::hint, .find = no_onednn},
    Condition{.id = "TRL-P006", .severity = Severity::hint, .find = no_bfloat16},
    Condition{.id = "TRL-P007",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::texts.cpu_frequency_driver, watched::texts.platform_profile},
              .find = saving_power},
    Condition{.id = "TRL-P008", .severity = Severity::degrades, .find = old_cpu},
};

}  // namespace

std::span<const Condition> cpu_conditions() {
    return cpu_table;
}

}  // namespace trilby::doctor
