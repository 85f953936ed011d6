// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that keep NVIDIA's compiler from building extensions with this system's compiler and
/// headers.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/environment.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

/// "12.8.93" in {"cuda_nvcc": {"name": "CUDA NVCC", "version": "12.8.93"}}.
std::optional<std::string> compiler_version_in(std::string_view text) {
    std::size_t at = text.find("\"cuda_nvcc\"");
    const std::size_t end = text.find('}', at);
    at = text.find("\"version\"", at);
    if (at == std::string_view::npos || at > end) {
        return std::nullopt;
    }
    const std::size_t open = text.find('"', text.find(':', at));
    const std::size_t close = open == std::string_view::npos ? open : text.find('"', open + 1);
    if (close == std::string_view::npos || close > end) {
        return std::nullopt;
    }
    const std::string_view version = text.substr(open + 1, close - open - 1);
    return major_version(version) > 0 ? std::optional(std::string(version)) : std::nullopt;
}

/// The version of nvcc from NVIDIA's own package. Distributions adapt theirs to the system.
Observed<std::string> compiler_version(const Facts& facts) {
    return facts.has_file(watched::files.nvcc)
               ? facts.text(watched::texts.cuda_versions).parse(compiler_version_in)
               : Observed<std::string>();
}

Evidence newer_c_library(const Facts& facts) {
    const auto compiler = compiler_version(facts);
    const auto& c_library = facts.machine.environment.c_library_version;
    const bool conflicts = compiler && c_library && compare_versions(*compiler, "13.0") < 0 &&
                           compare_versions(*c_library, "2.41") >= 0;
    return conflicts ? Evidence(std::vector{quote(compiler), quote(c_library)}) : std::nullopt;
}

struct NewestGcc {
    const char* below;  ///< the first nvcc that supports a newer GCC
    std::uint32_t gcc;
};
constexpr std::array newest_gccs{NewestGcc{"12.4", 12}, NewestGcc{"12.8", 13},
                                 NewestGcc{"13.0", 14}, NewestGcc{"13.4", 15}};

/// The newest GCC that this nvcc supports; nothing if this nvcc is not in the table.
std::optional<std::uint32_t> newest_gcc(std::string_view compiler) {
    if (compare_versions(compiler, "12.0") < 0) {
        return std::nullopt;
    }
    const auto* known = std::ranges::find_if(newest_gccs, [&](const NewestGcc& entry) {
        return compare_versions(compiler, entry.below) < 0;
    });
    return known == newest_gccs.end() ? std::nullopt : std::optional(known->gcc);
}

Evidence newer_gcc(const Facts& facts) {
    const auto compiler = compiler_version(facts);
    const auto newest = compiler ? newest_gcc(*compiler) : std::nullopt;
    const auto& installed = facts.machine.environment.gcc_versions;
    if (!newest || !installed || installed->empty() || installed->front() <= *newest ||
        !is_complete(facts.machine, FactList::gcc_versions)) {
        return std::nullopt;
    }
    return std::vector{
        quote(compiler),
        fmt::format("{}: the oldest C++ compiler is GCC {}, but nvcc supports none newer than {}",
                    printable(installed.source(), 256), installed->front(), *newest)};
}

constexpr std::array nvidia_toolkit_table{
    Condition{.id = "TRL-N028",
              .severity = Severity::hint,
              .reads = {watched::files.nvcc, watched::texts.cuda_versions},
              .find = newer_c_library},
    Condition{.id = "TRL-N029",
              .severity = Severity::hint,
              .reads = {watched::files.nvcc, watched::texts.cuda_versions},
              .find = newer_gcc},
};

}  // namespace

std::span<const Condition> nvidia_toolkit_conditions() {
    return nvidia_toolkit_table;
}

}  // namespace trilby::doctor
