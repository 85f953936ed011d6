// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/software.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "machine/environment.hpp"
#include "machine/find.hpp"
#include "machine/watched.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby {
namespace {

/// Removes the number at the start of `text` and the separator after it.
std::uint64_t take_number(std::string_view& text) {
    std::uint64_t number = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 18) {
        number = number * 10 + static_cast<std::uint64_t>(text[digits++] - '0');
    }
    const bool goes_on = digits < text.size() && (text[digits] == '.' || text[digits] == '-');
    text.remove_prefix(digits > 0 && goes_on ? digits + 1 : text.size());
    return number;
}

/// `name` is an element of the comma-separated `list`.
bool is_listed(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (list.substr(0, comma) == name) {
            return true;
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

}  // namespace

std::string boot_parameter(const Machine& machine, std::string_view key) {
    for (const std::string& word : machine.kernel.boot_parameters.value_or({})) {
        if (word.substr(0, word.find('=')) == key) {
            return word;
        }
    }
    return {};
}

std::string blacklisting_word(const Machine& machine, std::initializer_list<std::string_view> keys,
                              std::string_view module) {
    for (const std::string& word : machine.kernel.boot_parameters.value_or({})) {
        const std::size_t equals = std::min(word.find('='), word.size());
        const std::string_view list = std::string_view(word).substr(equals);
        const bool is_blacklist = std::ranges::find(keys, word.substr(0, equals)) != keys.end();
        if (is_blacklist && !list.empty() && is_listed(list.substr(1), module)) {
            return word;
        }
    }
    return {};
}

bool is_blacklisted(const Machine& machine, std::string_view module) {
    return !blacklisting_word(
                machine, {"module_blacklist", "modprobe.blacklist", "rd.driver.blacklist"}, module)
                .empty();
}

const SettingLine* line_against(const Machine& machine, std::string_view module) {
    const auto& settings = machine.environment.module_settings;
    if (!settings) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(*settings, [&](const SettingLine& setting) {
        const auto words = split_words(setting.text);
        if (words.size() < 2 || words[1] != module) {
            return false;
        }
        const bool is_replaced = words.size() > 2 && (words[0] == "install" || words[0] == "alias");
        const std::string_view by = words.size() > 2 ? words[2] : std::string_view();
        return words[0] == "blacklist" ||
               (is_replaced && (by.ends_with("/false") || by.ends_with("/true") || by == "off"));
    });
    return found == settings->end() ? nullptr : &*found;
}

bool may_be_kept_out(const Machine& machine, std::string_view module) {
    return line_against(machine, module) != nullptr ||
           machine.environment.module_settings.is_unreadable() ||
           !is_complete(machine, FactList::module_settings);
}

bool lacks_libtorch(const Machine& machine, std::string_view flavour) {
    const auto builds = find_all(machine.libtorch, [&](const LibTorch& libtorch) {
        return libtorch.flavour.is_unreadable() || libtorch.flavour.value_or("") == flavour;
    });
    return builds.empty() && !machine.libtorch.is_unreadable() &&
           is_complete(machine, FactList::libtorch);
}

const KernelFolder* running_kernel(const Machine& machine) {
    const auto& release = machine.os.kernel_release;
    return release ? find_named(machine.environment.kernels, *release, &KernelFolder::release)
                   : nullptr;
}

const LibraryFile* library(const Machine& machine, std::string_view name) {
    return find_named(machine.libraries, name, &LibraryFile::name);
}

bool is_library_missing(const Machine& machine, std::string_view name) {
    const auto& names = watched::libraries;
    return machine.libraries && is_complete(machine, FactList::libraries) &&
           std::ranges::find(names, name) != names.end() && library(machine, name) == nullptr;
}

const Runtime* runtime(const Machine& machine, std::string_view name) {
    return find_named(machine.runtimes, name, &Runtime::name);
}

bool has_answered(const Machine& machine, std::string_view runtime_name, std::string_view code) {
    const Runtime* asked = runtime(machine, runtime_name);
    return asked != nullptr && asked->message.value_or("").find(code) != std::string::npos;
}

std::vector<const LibTorch*> libtorch_builds(const Machine& machine, std::string_view flavour) {
    return find_all(machine.libtorch, [&](const LibTorch& libtorch) {
        return libtorch.flavour.value_or("") == flavour;
    });
}

bool is_from_distribution(const LibTorch& libtorch) {
    return libtorch.folder.starts_with("/usr/lib64/") || libtorch.folder.starts_with("/usr/lib/");
}

bool has_code_for(const LibTorch& libtorch, std::string_view target) {
    return libtorch.gpu_targets &&
           std::ranges::any_of(*libtorch.gpu_targets, [&](const std::string& code) {
               return target_runs_on(code, target);
           });
}

bool lacks_code_for(const LibTorch& libtorch, std::string_view target) {
    return libtorch.gpu_targets && !libtorch.gpu_targets->empty() &&
           !has_code_for(libtorch, target);
}

int compare_versions(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty()) {
        const std::uint64_t first = take_number(a);
        const std::uint64_t second = take_number(b);
        if (first != second) {
            return first < second ? -1 : 1;
        }
    }
    return 0;
}

std::uint32_t major_version(std::string_view version) {
    return parse_number<std::uint32_t>(version.substr(0, version.find('.'))).value_or(0);
}

}  // namespace trilby
