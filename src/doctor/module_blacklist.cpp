// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/module_blacklist.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ranges>
#include <vector>

#include "doctor/evidence.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

std::string word_against(const Machine& machine, std::string_view module) {
    return blacklisting_word(machine, {"modprobe.blacklist", "module_blacklist"}, module);
}

/// "modprobe.blacklist=radeon" for "modprobe.blacklist=radeon,amdgpu" and amdgpu; empty if nothing
/// is left.
std::string without(std::string_view module, std::string_view word) {
    const std::size_t start = word.find('=') + 1;
    std::vector<std::string_view> others;
    for (const auto part : std::views::split(word.substr(start), ',')) {
        if (const std::string_view other(part); other != module) {
            others.push_back(other);
        }
    }
    return others.empty() ? std::string()
                          : fmt::format("{}{}", word.substr(0, start), fmt::join(others, ","));
}

}  // namespace

std::string quote_blacklist(const Machine& machine, std::string_view module) {
    const std::string word = word_against(machine, module);
    const SettingLine* line = line_against(machine, module);
    return word.empty() && line != nullptr ? quote(*line) : quote_boot_parameter(machine, word);
}

Values blacklist_place(const Machine& machine, std::string_view module) {
    const std::string word = word_against(machine, module);
    const SettingLine* line = line_against(machine, module);
    if (word.empty()) {
        return line == nullptr ? Values() : Values{{"file", line->path}};
    }
    Values values = value_if_any("others", without(module, word));
    values.push_back({"word", word});
    return values;
}

}  // namespace trilby::doctor
