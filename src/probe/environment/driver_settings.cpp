// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What modprobe and udev are told about the drivers of GPUs.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <span>

#include "base/text.hpp"
#include "probe/environment/environment.hpp"

namespace trilby::sources {
namespace {

constexpr std::size_t files_limit = 1000;

// In the order of their precedence: a file hides those of the same name in later folders.
constexpr std::array module_folders{"/etc/modprobe.d", "/run/modprobe.d",
                                    "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
                                    "/lib/modprobe.d"};
constexpr std::array rule_folders{"/etc/udev/rules.d", "/run/udev/rules.d",
                                  "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
                                  "/lib/udev/rules.d"};

bool is_driver_of_gpus(std::string_view module) {
    constexpr std::array<std::string_view, 6> drivers{"amdgpu", "radeon",    "nouveau",
                                                      "nova",   "nova_core", "nova_drm"};
    return module.starts_with("nvidia") || std::ranges::find(drivers, module) != drivers.end();
}

/// NVIDIA's guide for laptops removes the card's USB and sound devices, and keeps the card.
bool is_for_displays(std::string_view rule) {
    constexpr std::string_view key = "ATTR{class}==\"";
    const std::size_t start = rule.find(key);
    return start == std::string_view::npos || rule.substr(start + key.size()).starts_with("0x03");
}

/// A rule that runs a program which writes to a file of sysfs: RUN+="/bin/sh -c 'echo 1 > ...'".
bool runs_write_to(std::string_view rule, std::string_view file) {
    const std::size_t run = rule.find("RUN");
    return run != std::string_view::npos && rule.find(file, run) != std::string_view::npos;
}

/// The distribution has hundreds of rules; tools that switch cards off put "nvidia" in the name.
bool is_worth_reading(std::string_view path) {
    const bool is_of_distribution =
        path.starts_with("/usr/lib/udev/") || path.starts_with("/lib/udev/");
    return !is_of_distribution || path.find("nvidia") != std::string_view::npos;
}

using Lines = std::vector<SettingLine>;

void add_lines(const ListReader& reader, const std::string& path,
               bool (*is_wanted)(std::string_view), Lines& lines) {
    const std::string text = with_whole_lines(reader.text(path));
    for (const std::string_view line : split_lines(text)) {
        if (is_wanted(line)) {
            lines.push_back({path, std::string(trim(line))});
        }
    }
}

Observed<Lines> read_lines(const ListReader& reader, std::span<const char* const> folders,
                           std::string_view suffix, bool (*is_wanted)(std::string_view)) {
    Lines lines;
    std::set<std::string> seen;
    bool is_known = false;
    for (const char* folder : folders) {
        const auto names = reader.names(folder);
        is_known = is_known || names.presence() != Presence::absent;
        for (const std::string& name : names.value_or({})) {
            const std::string path = fmt::format("{}/{}", folder, name);
            if (name.ends_with(suffix) && is_worth_reading(path) && seen.size() < files_limit &&
                seen.insert(name).second) {
                add_lines(reader, path, is_wanted, lines);
            }
        }
    }
    return is_known ? Observed<Lines>::present(std::move(lines), folders.front())
                    : Observed<Lines>::missing(Presence::absent, folders.front());
}

}  // namespace

bool is_about_gpus(std::string_view line) {
    constexpr std::array<std::string_view, 4> commands{"blacklist", "install", "options", "alias"};
    const auto words = split_words(line);
    return words.size() > 1 && std::ranges::find(commands, words[0]) != commands.end() &&
           is_driver_of_gpus(words[1]);
}

// Rules for power/control, which most drivers come with, only let idle cards sleep.
bool takes_nvidia_cards(std::string_view rule) {
    const bool takes_cards = rule.find("ATTR{remove}=\"1\"") != std::string_view::npos ||
                             runs_write_to(rule, "/remove") || runs_write_to(rule, "/unbind");
    return takes_cards && !trim(rule).starts_with('#') &&
           rule.find("0x10de") != std::string_view::npos && is_for_displays(rule);
}

std::string with_whole_lines(std::string text) {
    constexpr std::string_view joint = "\\\n";
    for (std::size_t at = text.find(joint); at != std::string::npos; at = text.find(joint, at)) {
        text.replace(at, joint.size(), " ");
    }
    return text;
}

Observed<std::vector<SettingLine>> read_module_settings(const FileTree& tree, UnreadPaths& unread) {
    return read_lines(ListReader(tree, FactList::module_settings, unread), module_folders, ".conf",
                      is_about_gpus);
}

Observed<std::vector<SettingLine>> read_removal_rules(const FileTree& tree, UnreadPaths& unread) {
    return read_lines(ListReader(tree, FactList::removal_rules, unread), rule_folders, ".rules",
                      takes_nvidia_cards);
}

}  // namespace trilby::sources
