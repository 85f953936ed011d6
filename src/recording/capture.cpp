// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <map>
#include <sys/stat.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/recording.hpp"
#include "probe/environment/environment.hpp"
#include "probe/sources.hpp"
#include "recording/personal_names.hpp"
#include "recording/redaction.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using platform::FileTree;

constexpr std::string_view command_line_path = "/proc/cmdline";
constexpr std::string_view os_release_path = "/etc/os-release";
constexpr std::string_view host_os_release_path = "/run/host/etc/os-release";
constexpr std::string_view repositories_path = "/etc/yum.repos.d/";
constexpr std::string_view repository_changes_path = "/etc/dnf/repos.override.d/";
constexpr std::string_view container_path = "/run/.containerenv";

/// Everything that a probe has read, by path.
class Recorder : public platform::TreeRecorder {
  public:
    std::map<std::string, std::string> contents;
    std::map<std::string, std::vector<std::string>> folders;
    std::map<std::string, std::string> links;
    std::set<std::string> absent;
    platform::RecordingNotes notes;

    void note_content(std::string_view path, std::string_view content) override {
        // A file may be read in part and then completely; the longer content is kept.
        std::string& kept = contents[std::string(path)];
        if (content.size() >= kept.size()) {
            kept = content;
        }
    }
    void note_names(std::string_view path, const std::vector<std::string>& names) override {
        folders[std::string(path)] = names;
    }
    void note_link(std::string_view path, std::string_view target) override {
        links[std::string(path)] = target;
    }
    void note_status(std::string_view path, const platform::FileStatus& status) override {
        notes.statuses[std::string(path)] = status;
    }
    void note_answer(std::string_view name, std::string_view text) override {
        notes.answers[std::string(name)] = text;
    }
    void note_missing(std::string_view path, Presence why) override {
        if (why == Presence::denied) {
            notes.denied.emplace(path);
        } else if (why == Presence::malformed) {
            notes.malformed.emplace(path);
        } else {
            absent.emplace(path);
        }
    }
};

/// The PCI ID databases, reduced to the names that the probe has found.
std::map<std::string, std::string> name_databases(const Machine& machine) {
    std::map<std::string, std::map<std::uint16_t, std::string>> vendors;
    for (const PciDevice& device : machine.pci_devices.value_or({})) {
        if (!device.vendor_id || (!device.vendor_name && !device.device_name)) {
            continue;
        }
        std::string& entry = vendors[device.vendor_name.source()][*device.vendor_id];
        if (entry.empty()) {
            entry = fmt::format("{:04x}  {}\n", *device.vendor_id, device.vendor_name.value_or(""));
        }
        if (device.device_name && device.device_id) {
            entry += fmt::format("\t{:04x}  {}\n", *device.device_id, *device.device_name);
        }
    }
    std::map<std::string, std::string> databases;
    for (const auto& [path, entries] : vendors) {
        for (const auto& [id, entry] : entries) {
            databases[path] += entry;
        }
    }
    return databases;
}

/// Keeps the sections and the keys that the doctor reads: other lines may contain passwords.
std::string redacted_repositories(const std::string& content) {
    std::string kept;
    for (const std::string_view line : split_lines(content)) {
        const std::string_view key = trim(line.substr(0, line.find('=')));
        const bool is_kept = line.starts_with('[') || key == "enabled" || key == "baseurl" ||
                             key == "gpgkey" || key == "exclude" || key == "excludepkgs";
        if (is_kept && line.find('@') == std::string_view::npos) {
            kept += fmt::format("{}\n", line);
        }
    }
    return kept;
}

/// The rest may contain passwords.
std::string reduced_docker_settings(const Machine& machine) {
    json::object runtimes;
    for (const std::string& name : machine.environment.docker_runtimes.value_or({})) {
        runtimes[name] = json::object();
    }
    return machine.environment.docker_runtimes
               ? json::pretty(json::object{{"runtimes", std::move(runtimes)}})
               : std::string();
}

/// `value` quoted for a line KEY="value".
std::string in_quotes(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        out.append(c == '"' || c == '\\' ? 1 : 0, '\\');
        out += c;
    }
    return out + '"';
}

/// The lines of a file that the probe uses.
std::string lines_of(std::string_view path, const Observed<std::vector<SettingLine>>& settings) {
    std::string kept;
    for (const SettingLine& setting : settings.value_or({})) {
        if (setting.path == path) {
            kept += fmt::format("{}\n", setting.text);
        }
    }
    return kept;
}

/// The list of all modules, reduced to NVIDIA's, with its path if it was read.
std::string reduced_modules(std::string_view path, const Machine& machine) {
    const auto& kernels = machine.environment.kernels;
    const bool has_nvidia =
        kernels && std::ranges::any_of(*kernels, [&](const KernelFolder& kernel) {
            return kernel.has_nvidia &&
                   path == fmt::format("{}/{}/modules.dep", kernels.source(), kernel.release);
        });
    const std::string_view folder = path.substr(0, path.rfind('/') + 1);
    const std::string& module = machine.environment.nvidia_module_flavor.source();
    const bool was_read = module.starts_with(folder);
    return has_nvidia ? fmt::format("{}:\n", was_read ? module.substr(folder.size()) : "nvidia.ko")
                      : std::string();
}

/// Removes personal data from a file. Some files are reduced to what the probe uses: the rest of
/// the kernel's command line identifies disks and may contain secrets.
std::string redacted(recording::Redaction& redaction, std::string_view path,
                     const std::string& content, const Machine& machine) {
    if (path == command_line_path) {
        return fmt::format("{}\n", fmt::join(machine.kernel.boot_parameters.value_or({}), " "));
    }
    if (path == container_path) {
        return machine.container.image
                   ? fmt::format("image={}\n", in_quotes(redaction.names(*machine.container.image)))
                   : std::string();
    }
    if (path == sources::docker_settings_path) {
        return reduced_docker_settings(machine);
    }
    if (path.find("/modprobe.d/") != std::string_view::npos) {
        return lines_of(path, machine.environment.module_settings);
    }
    if (path.find("/rules.d/") != std::string_view::npos) {
        return lines_of(path, machine.environment.removal_rules);
    }
    if (path.ends_with("/modules.dep")) {
        return reduced_modules(path, machine);
    }
    if (path.starts_with(repositories_path) || path.starts_with(repository_changes_path)) {
        return redacted_repositories(content);
    }
    if (path == os_release_path || path == host_os_release_path) {
        return content;
    }
    return redaction.serial_numbers(path == "/proc/self/cgroup" ? redaction.names(content)
                                                                : content);
}

/// The name of an answer about a path ends with the path.
std::string redacted_name(recording::Redaction& redaction, std::string_view name) {
    const std::size_t path = std::min(name.find('/'), name.size());
    return std::string(name.substr(0, path)) + redaction.path(name.substr(path));
}

/// Only answers that may contain a person's folders are changed.
std::string redacted_answer(recording::Redaction& redaction, std::string_view name,
                            const std::string& answer) {
    const bool may_hold_folders = name.starts_with(sources::environment_answer) ||
                                  name.find('/') != std::string_view::npos || name == "runtimes";
    return may_hold_folders ? redaction.names(answer) : answer;
}

/// Writes a recording into a folder.
class Writer {
  public:
    Writer(std::filesystem::path folder, const Recorder& recorder, recording::Redaction& redaction)
        : folder_(std::move(folder)), recorder_(recorder), redaction_(redaction) {}

    Result<void> file(std::string_view path, std::string_view content) {
        const std::filesystem::path target = place_of(path);
        TRILBY_CHECK(platform::make_directories(target.parent_path()));
        return platform::write_file_atomically(target, content);
    }

    Result<void> link(std::string_view path, const std::string& link_target) {
        const std::filesystem::path place = place_of(path);
        TRILBY_CHECK(platform::make_directories(place.parent_path()));
        return is_taken(place) ? Result<void>()  // it was read under two names
                               : create_link(redaction_.path(link_target), place);
    }

    Result<void> folder(std::string_view path, const std::vector<std::string>& names) {
        TRILBY_CHECK(platform::make_directories(place_of(path)));
        for (const std::string& name : names) {
            TRILBY_CHECK(entry((std::filesystem::path(path) / name).native()));
        }
        return {};
    }

  private:
    [[nodiscard]] static bool is_taken(const std::filesystem::path& place) {
        return std::filesystem::exists(std::filesystem::symlink_status(place));
    }

    static Result<void> create_link(const std::string& target, const std::filesystem::path& place) {
        std::error_code error;
        std::filesystem::create_symlink(target, place, error);
        if (error) {
            return std::unexpected(platform::system_error(error.value(), "create", place));
        }
        return {};
    }

    /// Keeps a listed name that has no content: a file that disappeared becomes a broken link,
    /// anything else an empty folder.
    Result<void> entry(const std::string& path) {
        const std::filesystem::path place = place_of(path);
        if (is_taken(place)) {
            return {};
        }
        return recorder_.absent.contains(path) ? create_link(".gone", place)
                                               : platform::make_directories(place);
    }

    [[nodiscard]] std::filesystem::path place_of(std::string_view path) {
        const std::filesystem::path real = redaction_.path(without_links(std::string(path)));
        // Paths may come from the content of files and must not lead out of the folder.
        return folder_ / real.lexically_normal().relative_path();
    }

    /// Follows the recorded links in the path, but not a link at its end.
    [[nodiscard]] std::string without_links(std::string path) const {
        constexpr int max_links = 40;
        std::size_t slash = 0;
        for (int followed = 0; followed < max_links;) {
            slash = path.find('/', slash + 1);
            if (slash == std::string::npos) {
                return path;
            }
            if (const auto link = recorder_.links.find(path.substr(0, slash));
                link != recorder_.links.end()) {
                const auto folder = std::filesystem::path(link->first).parent_path();
                path = (folder / link->second).lexically_normal().native() + path.substr(slash);
                slash = 0;
                ++followed;
            }
        }
        return path;
    }

    std::filesystem::path folder_;
    const Recorder& recorder_;
    recording::Redaction& redaction_;
};

/// The /dev of this system, or of the host as a container shows it.
bool is_device_folder(std::string_view path) {
    return path == "/dev" || path == "/run/host/dev";
}

/// The names in a /dev folder that the probe looked up. The others are disks and terminals.
std::vector<std::string> used_device_names(const Recorder& recorder, const std::string& folder,
                                           const std::vector<std::string>& listed) {
    const auto& statuses = recorder.notes.statuses;
    std::vector<std::string> used;
    std::ranges::copy_if(listed, std::back_inserter(used), [&](const std::string& name) {
        const std::string path = folder + "/" + name;
        const auto inside = statuses.lower_bound(path + "/");
        return statuses.contains(path) ||
               (inside != statuses.end() && inside->first.starts_with(path + "/"));
    });
    return used;
}

/// JSON cannot represent every file name and string; those that it cannot are left out.
bool fits_json(std::string_view text) {
    return printable(text, text.size()) == text;
}

platform::RecordingNotes redacted(const platform::RecordingNotes& notes,
                                  recording::Redaction& redaction) {
    platform::RecordingNotes out;
    for (const auto& [name, answer] : notes.answers) {
        if (fits_json(name) && fits_json(answer)) {
            out.answers[redacted_name(redaction, name)] = redacted_answer(redaction, name, answer);
        }
    }
    for (const auto& [path, status] : notes.statuses) {
        if (fits_json(path)) {
            out.statuses[redaction.path(path)] = status;
        }
    }
    const auto redact_paths = [&](const std::set<std::string>& from, std::set<std::string>& to) {
        for (const std::string& path : from) {
            if (fits_json(path)) {
                to.insert(redaction.path(path));
            }
        }
    };
    redact_paths(notes.denied, out.denied);
    redact_paths(notes.malformed, out.malformed);
    return out;
}

Result<void> write_recording(const Recorder& recorder, const Machine& machine,
                             const std::filesystem::path& folder, recording::Redaction& redaction) {
    Writer writer(folder, recorder, redaction);
    for (const auto& [path, content] : recorder.contents) {
        TRILBY_CHECK(writer.file(path, redacted(redaction, path, content, machine)));
    }
    for (const auto& [path, content] : name_databases(machine)) {
        TRILBY_CHECK(writer.file(path, content));
    }
    for (const auto& [path, link_target] : recorder.links) {
        TRILBY_CHECK(writer.link(path, link_target));
    }
    for (const auto& [path, names] : recorder.folders) {
        TRILBY_CHECK(writer.folder(
            path, is_device_folder(path) ? used_device_names(recorder, path, names) : names));
    }
    return writer.file(platform::RecordingNotes::file_name,
                       to_json(redacted(recorder.notes, redaction)));
}

}  // namespace

Result<void> capture(const std::filesystem::path& folder, const ProbeOptions& options) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(folder, ignored)) &&
        !std::filesystem::is_empty(folder, ignored)) {
        return failure(
            ErrorCode::cannot_create,
            fmt::format("'{}' already exists and is not an empty folder", folder.string()),
            "choose a new folder");
    }
    Recorder recorder;
    const FileTree tree(options.root, &recorder);
    if (tree.is_damaged()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' cannot be read, so the recording is incomplete",
                                   tree.real_path(platform::RecordingNotes::file_name).string()),
                       "use a complete recording");
    }
    TRILBY_CHECK(platform::make_directories(folder));
    const Machine machine = sources::read_machine(tree, options.runtimes_limit);
    recording::Redaction redaction(recording::personal_names(FileTree(options.root)));
    return write_recording(recorder, machine, folder, redaction);
}

}  // namespace trilby
