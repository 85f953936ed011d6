// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/filters.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ranges>
#include <span>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"
#include "probe/environment/environment.hpp"
#include "probe/software/cdi.hpp"
#include "probe/sources.hpp"

namespace trilby::recording {
namespace {

using Keys = std::span<const std::string_view>;
using Filter = std::string (*)(Redaction&, std::string_view);

bool contains(Keys keys, std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
}

/// The lines that `keep` returns something for.
template <class Keep>
std::string each_line(std::string_view text, Keep keep) {
    std::string kept;
    for (const std::string_view line : split_lines(text)) {
        if (const std::string filtered_line = keep(line); !filtered_line.empty()) {
            kept += filtered_line + '\n';
        }
    }
    return kept;
}

// Filters for values

std::string nothing(Redaction&, std::string_view) {
    return {};
}

std::string words(Redaction& redaction, std::string_view text) {
    return redaction.words(text);
}

std::string prose(Redaction& redaction, std::string_view text) {
    return redaction.prose(text);
}

bool is_number(std::string_view word) {
    return parse_number<std::uint64_t>(word) || parse_hex<std::uint64_t>(word);
}

/// Shorter than a serial number.
bool is_short_number(std::string_view word) {
    constexpr std::size_t most_digits = 10;
    return word.size() <= most_digits && is_number(word);
}

/// "e20b": parameters list devices so.
bool is_pci_id(std::string_view word) {
    constexpr std::size_t digits = 4;
    return word.size() == digits && parse_number<std::uint16_t>(word, 16);
}

/// "1002:744c,1002:ab30": vendors and devices.
bool is_pci_id_list(std::string_view text) {
    return std::ranges::all_of(std::views::split(text, ','), [](const auto& part) {
        const std::string_view pair(part);
        const std::size_t colon = std::min(pair.find(':'), pair.size());
        return is_pci_id(pair.substr(0, colon)) && colon < pair.size() &&
               is_pci_id(pair.substr(colon + 1));
    });
}

/// One line of numbers of any length and known words.
std::string attribute(Redaction& redaction, std::string_view text) {
    const std::string_view line = trim(text);
    const auto listed = split_words(line);
    const bool is_of_numbers = std::ranges::all_of(listed, [&](std::string_view word) {
        return is_number(word) || redaction.words(word) == word;
    });
    return is_of_numbers && line.find('\n') == std::string_view::npos ? std::string(text)
                                                                      : redaction.words(text);
}

/// "0000000000003f00".
std::string mask(Redaction& redaction, std::string_view text) {
    return parse_number<std::uint64_t>(trim(text), 16) ? std::string(text) : redaction.words(text);
}

/// Lines of a start, an end and flags, each a number.
std::string windows(Redaction& redaction, std::string_view text) {
    const auto is_window = [](std::string_view line) {
        const auto numbers = split_words(line);
        return numbers.size() == 3 && std::ranges::all_of(numbers, is_number);
    };
    return std::ranges::all_of(split_lines(text), is_window) ? std::string(text)
                                                             : redaction.words(text);
}

// Filters for lines of keys and values

/// Keeps the lines "key SEPARATOR value" of some keys.
std::string keyed(Redaction& redaction, std::string_view text, char separator, Keys keys,
                  Filter value) {
    return each_line(text, [&](std::string_view line) {
        const std::size_t end = line.find(separator);
        return end != std::string_view::npos && contains(keys, trim(line.substr(0, end)))
                   ? std::string(line.substr(0, end + 1)) + value(redaction, line.substr(end + 1))
                   : std::string();
    });
}

std::string os_release(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 4> keys{"PRETTY_NAME", "ID", "ID_LIKE", "VERSION_ID"};
    return keyed(redaction, text, '=', keys, words);
}

std::string container_file(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 1> keys{"image"};
    return keyed(redaction, text, '=', keys, words);
}

std::string meminfo(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 5> keys{"MemTotal", "MemAvailable", "SwapTotal",
                                                   "HugePages_Total", "Hugepagesize"};
    return keyed(redaction, text, ':', keys, attribute);
}

std::string nvidia_card(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 5> keys{"Model", "Video BIOS", "GPU Firmware",
                                                   "Device Minor", "GPU Excluded"};
    return keyed(redaction, text, ':', keys, prose);
}

std::string kfd_properties(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 16> keys{
        "simd_count",      "simd_per_cu", "gfx_target_version",      "location_id",
        "domain",          "heap_type",   "wave_front_size",         "size_in_bytes",
        "max_bandwidth",   "weight",      "max_engine_clk_fcompute", "fw_version",
        "sdma_fw_version", "node_to",     "drm_render_minor",        "type"};
    return keyed(redaction, text, ' ', keys, attribute);
}

/// The instruction sets that the probe knows.
std::string cpu_features(Redaction& redaction, std::string_view line) {
    std::vector<std::string_view> kept = split_words(line);
    std::erase_if(kept, [&](std::string_view word) { return redaction.words(word) != word; });
    return fmt::format(" {}", fmt::join(kept, " "));
}

/// "version = 00,  identification = 0133E8,  machine = 2964" on IBM Z.
std::string machine_type(Redaction& redaction, std::string_view line) {
    const std::size_t at = std::min(line.find("machine = "), line.size());
    return " " + redaction.words(line.substr(at));
}

std::string cpuinfo_line(Redaction& redaction, std::string_view line) {
    struct Kind {
        std::string_view key;
        Filter value;
    };
    constexpr std::array kinds{Kind{"processor", attribute},
                               Kind{"processor 0", machine_type},
                               Kind{"vendor_id", prose},
                               Kind{"model name", prose},
                               Kind{"cpu", prose},
                               Kind{"CPU implementer", attribute},
                               Kind{"CPU part", attribute},
                               Kind{"CPU architecture", attribute},
                               Kind{"flags", cpu_features},
                               Kind{"Features", cpu_features},
                               Kind{"features", cpu_features}};
    const std::size_t end = std::min(line.find(':'), line.size());
    const std::string_view key = trim(line.substr(0, end));
    const auto* const kind = std::ranges::find(kinds, key, &Kind::key);
    if (kind != kinds.end() && end < line.size()) {
        return std::string(line.substr(0, end + 1)) + kind->value(redaction, line.substr(end + 1));
    }
    // IBM Z counts its processors in the keys.
    return key.starts_with("processor ") ? redaction.words(key) + ":" : std::string();
}

std::string cpuinfo(Redaction& redaction, std::string_view text) {
    return each_line(text, [&](std::string_view line) { return cpuinfo_line(redaction, line); });
}

/// Sections "[name]", and some of their keys.
std::string sections(Redaction& redaction, std::string_view text, Keys keys) {
    return each_line(text, [&](std::string_view line) {
        const bool is_kept =
            trim(line).starts_with('[') || contains(keys, trim(line.substr(0, line.find('='))));
        return is_kept ? redaction.words(line) : std::string();
    });
}

std::string package_sources(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 5> keys{"enabled", "baseurl", "gpgkey", "exclude",
                                                   "excludepkgs"};
    // The probe does not read a value that may contain a password.
    const std::string without_users = each_line(text, [](std::string_view line) {
        return line.find('@') == std::string_view::npos ? std::string(line) : std::string();
    });
    return sections(redaction, without_users, keys);
}

std::string blas_choice(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 1> keys{"default"};
    return sections(redaction, text, keys);
}

std::string version_file(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 3> keys{"__version__", "cuda", "hip"};
    return each_line(text, [&](std::string_view line) {
        const std::string_view name = line.substr(0, line.find('='));
        return contains(keys, trim(name.substr(0, name.find(':')))) ? redaction.words(line)
                                                                    : std::string();
    });
}

std::string header(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 9> names{
        "TORCH_VERSION_MAJOR", "TORCH_VERSION_MINOR", "TORCH_VERSION_PATCH",
        "CUDNN_MAJOR",         "CUDNN_MINOR",         "NCCL_MAJOR",
        "NCCL_MINOR",          "AT_MKLDNN_ENABLED()", "AT_MKL_ENABLED()"};
    return each_line(text, [&](std::string_view line) {
        const auto parts = split_words(line);
        return parts.size() == 3 && contains(names, parts[1]) ? redaction.words(line)
                                                              : std::string();
    });
}

// Filters for lists

std::string first_line(Redaction& redaction, std::string_view text) {
    return redaction.words(text.substr(0, text.find('\n')));
}

/// The paths at the start of lines.
std::string paths(Redaction& redaction, std::string_view text) {
    return each_line(text, [&](std::string_view line) {
        const auto parts = split_words(line);
        return !parts.empty() && parts.front().starts_with('/') ? redaction.words(parts.front())
                                                                : std::string();
    });
}

std::string library_folders(Redaction& redaction, std::string_view text) {
    return each_line(text, [&](std::string_view line) {
        return trim(line).starts_with('/') ? redaction.words(trim(line)) : std::string();
    });
}

std::string nvidia_devices(Redaction& redaction, std::string_view text) {
    return each_line(text, [&](std::string_view line) {
        return line.find(" nvidia") != std::string_view::npos ? redaction.words(line)
                                                              : std::string();
    });
}

std::string module_settings(Redaction& redaction, std::string_view text) {
    return each_line(sources::with_whole_lines(std::string(text)), [&](std::string_view line) {
        return sources::is_about_gpus(line) ? redaction.words(line) : std::string();
    });
}

std::string removal_rules(Redaction& redaction, std::string_view text) {
    return each_line(sources::with_whole_lines(std::string(text)), [&](std::string_view line) {
        return sources::takes_nvidia_cards(line) ? redaction.words(line) : std::string();
    });
}

/// The words about drivers and memory.
std::string boot_parameters(Redaction& redaction, std::string_view text) {
    std::vector<std::string> kept;
    for (const std::string_view word : split_words(text)) {
        const std::size_t end = std::min(word.find('='), word.size());
        const std::string_view value = word.substr(std::min(end + 1, word.size()));
        const std::string name = redaction.words(word.substr(0, end));
        const bool is_harmless =
            name == word.substr(0, end) &&
            (is_short_number(value) || is_pci_id(value) || is_pci_id_list(value));
        if (sources::is_telling_boot_parameter(word)) {
            kept.push_back(is_harmless ? std::string(word) : redaction.words(word));
        }
    }
    return fmt::format("{}\n", fmt::join(kept, " "));
}

/// The items of lists, with the keys that the probe reads.
std::string device_specification(Redaction& redaction, std::string_view text) {
    constexpr std::array<std::string_view, 4> keys{"kind", "hostPath", "path", "major"};
    return each_line(text, [&](std::string_view line) {
        const sources::CdiLine found = sources::parse_cdi_line(line);
        const std::string item = found.begins_item ? "- " : "  ";
        return contains(keys, found.key)
                   ? fmt::format("{}{}: {}", item, found.key, redaction.words(found.value))
               : found.begins_item ? "-"
                                   : std::string();
    });
}

/// The names of the runtimes.
std::string docker_settings(Redaction& redaction, std::string_view text) {
    const auto settings = json::parse_object(text, "");
    if (!settings) {
        return {};
    }
    json::object runtimes;
    for (const auto& runtime :
         json::get_object(*settings, "runtimes", "").value_or(json::object())) {
        runtimes[redaction.words(runtime.key())] = json::object();
    }
    return json::pretty(json::object{{"runtimes", std::move(runtimes)}});
}

/// The files of one kind.
struct Kind {
    std::string_view start;
    std::string_view end;
    Filter filter;
};

/// The first row counts.
constexpr std::array kinds{
    Kind{"/sys/class/kfd/", "/properties", kfd_properties},
    Kind{"/sys/bus/pci/devices/", "_resize", mask},
    Kind{"/sys/bus/pci/devices/", "/resource", windows},
    Kind{"/sys/class/dmi/id/", "", first_line},
    Kind{"/sys/", "", attribute},
    Kind{"/proc/cmdline", "", boot_parameters},
    Kind{"/proc/cpuinfo", "", cpuinfo},
    Kind{"/proc/meminfo", "", meminfo},
    Kind{"/proc/devices", "", nvidia_devices},
    Kind{"/proc/swaps", "", paths},
    Kind{"/proc/self/cgroup", "", words},
    Kind{"/proc/self/attr/current", "", words},
    Kind{"/proc/sys/kernel/osrelease", "", words},
    Kind{"/proc/sys/kernel/arch", "", words},
    Kind{"/proc/device-tree/compatible", "", first_line},
    Kind{"/proc/driver/nvidia/version", "", first_line},
    Kind{"/proc/driver/nvidia/gpus/", "/information", nvidia_card},
    Kind{"/run/.containerenv", "", container_file},
    Kind{"/run/systemd/container", "", words},
    Kind{"/run/cdi/", "", device_specification},
    Kind{"/etc/cdi/", "", device_specification},
    Kind{"/etc/docker/daemon.json", "", docker_settings},
    Kind{"/etc/ld.so.conf.d/", "", library_folders},
    Kind{"/etc/yum.repos.d/", "", package_sources},
    Kind{"/etc/dnf/repos.override.d/", "", package_sources},
    Kind{"/etc/flexiblasrc", "", blas_choice},
    Kind{"", "/os-release", os_release},
    Kind{"/etc/modprobe.d/", ".conf", module_settings},
    Kind{"/run/modprobe.d/", ".conf", module_settings},
    Kind{"/usr/local/lib/modprobe.d/", ".conf", module_settings},
    Kind{"/usr/lib/modprobe.d/", ".conf", module_settings},
    Kind{"/lib/modprobe.d/", ".conf", module_settings},
    Kind{"/etc/udev/rules.d/", ".rules", removal_rules},
    Kind{"/run/udev/rules.d/", ".rules", removal_rules},
    Kind{"/usr/local/lib/udev/rules.d/", ".rules", removal_rules},
    Kind{"/usr/lib/udev/rules.d/", ".rules", removal_rules},
    Kind{"/lib/udev/rules.d/", ".rules", removal_rules},
    Kind{"/usr/local/cuda/version.json", "", words},
    Kind{"", "/version.py", version_file},
    Kind{"", "/build-version", words},
    Kind{"", "/ATen/Config.h", header},
    Kind{"", "/torch/headeronly/version.h", header},
    Kind{"", "/torch/version.h", header},
    Kind{"", "/cudnn_version.h", header},
    Kind{"", "/nccl.h", header},
    // What these files hold follows from the probed machine.
    Kind{"/lib/modules/", "/modules.dep", nothing},
    Kind{"/usr/share/", "/pci.ids", nothing},
};

}  // namespace

std::optional<std::string> filtered(Redaction& redaction, std::string_view path,
                                    std::string_view content) {
    constexpr std::string_view host = "/run/host";
    const std::string_view own_path =
        path.starts_with("/run/host/") ? path.substr(host.size()) : path;
    const auto* const kind = std::ranges::find_if(kinds, [&](const Kind& candidate) {
        return own_path.starts_with(candidate.start) && own_path.ends_with(candidate.end);
    });
    return kind == kinds.end() ? std::nullopt : std::optional(kind->filter(redaction, content));
}

std::string filtered_answer(Redaction& redaction, std::string_view name, std::string_view answer) {
    if (name == "runtimes") {
        return redaction.prose(answer);
    }
    return name.starts_with(sources::environment_answer) ? redaction.words(answer)
                                                         : attribute(redaction, answer);
}

}  // namespace trilby::recording
