// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Facts about synthetic machines: a healthy machine with some facts changed.

#pragma once

#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "doctor/condition.hpp"
#include "probe/sources.hpp"
#include "support/facts.hpp"

namespace trilby::testing {

/// Changes one entry of a list.
template <class T>
void change(Observed<std::vector<T>>& list, void (*edit)(T&), std::size_t index = 0) {
    // Observed cannot be changed in place, so the list is replaced.
    std::vector<T> entries = list.value_or({});
    edit(entries.at(index));
    list = fact(std::move(entries), list.source());
}
/// Adds a changed copy of the first entry.
template <class T>
void add_like_first(Observed<std::vector<T>>& list, void (*edit)(T&)) {
    std::vector<T> entries = list.value_or({});
    entries.push_back(entries.at(0));
    edit(entries.back());
    list = fact(std::move(entries), list.source());
}

struct MadeFacts {
    Machine machine;

    void set_variable(const std::string& name, std::string value) {
        auto& variables = machine.environment.variables;
        std::erase_if(variables, [&](const auto& one) { return one.name == name; });
        variables.push_back({name, fact(std::move(value), "environment variable " + name)});
    }
    void set_file(const std::string& path, bool exists) {
        auto& files = machine.environment.files;
        std::erase_if(files, [&](const FileState& one) { return one.path == path; });
        files.push_back({path, fact(exists, path)});
    }
    void set_text(const std::string& path, std::string text) {
        auto& texts = machine.environment.texts;
        std::erase_if(texts, [&](const TextFile& one) { return one.path == path; });
        texts.push_back({path, fact(std::move(text), path)});
    }
    /// Throws for a word that the probe would not keep, because no machine would have it.
    void set_boot_parameters(std::vector<std::string> words) {
        for (const std::string& word : words) {
            if (!sources::is_telling_boot_parameter(word)) {
                throw std::invalid_argument("the probe does not keep the word " + word);
            }
        }
        machine.kernel.boot_parameters = fact(std::move(words), "/proc/cmdline");
    }
    PciDevice& device(std::size_t index = 0) {
        // Observed cannot be changed in place, so the list is replaced.
        devices_ = machine.pci_devices.value_or({});
        return devices_.at(index);
    }
    void keep_devices() { machine.pci_devices = fact(devices_, "/sys/bus/pci/devices"); }
    void add_node(const std::string& path, bool may_open = true) {
        auto nodes = machine.device_nodes.value_or({});
        nodes.push_back({.path = path,
                         .mode = fact<std::uint32_t>(may_open ? 0666 : 0660, path),
                         .owner_id = fact<std::uint32_t>(0, path),
                         .group_id = fact<std::uint32_t>(105, path),
                         .may_open = fact(may_open, path)});
        machine.device_nodes = fact(std::move(nodes), "/dev");
    }
    void set_libtorch(void (*edit)(LibTorch&)) { change<LibTorch>(machine.libtorch, edit); }
    void set_kfd_node(void (*edit)(KfdNode&)) { change<KfdNode>(machine.kfd_nodes, edit); }
    /// The node exists, but its status may not be read.
    void deny_node(const std::string& path) {
        using Number = Observed<std::uint32_t>;
        remove_node(path);
        auto nodes = machine.device_nodes.value_or({});
        nodes.push_back({.path = path,
                         .mode = Number::missing(Presence::denied, path),
                         .owner_id = Number::missing(Presence::denied, path),
                         .group_id = Number::missing(Presence::denied, path),
                         .may_open = Observed<bool>::missing(Presence::denied, path)});
        machine.device_nodes = fact(std::move(nodes), "/dev");
    }
    void remove_node(const std::string& path) {
        auto nodes = machine.device_nodes.value_or({});
        std::erase_if(nodes, [&](const DeviceNode& node) { return node.path == path; });
        machine.device_nodes = fact(std::move(nodes), "/dev");
    }
    /// Binds the first card to a driver, or to none if the name is empty.
    void bind(const std::string& driver) {
        device().driver = driver.empty() ? missing<std::string>() : fact(driver);
        keep_devices();
    }
    void set_device_id(std::uint16_t id) {
        device().device_id = fact(id);
        keep_devices();
    }
    void unload(std::string_view name) {
        auto drivers = machine.drivers.value_or({});
        std::erase_if(drivers, [&](const KernelDriver& driver) { return driver.name == name; });
        machine.drivers = fact(std::move(drivers), "/sys/module");
    }
    /// Replaces the release of NVIDIA's driver and its libraries.
    void set_release(const std::string& release) {
        unload("nvidia");
        auto drivers = *machine.drivers;
        drivers.push_back({.name = "nvidia",
                           .version = fact(release, "/sys/module/nvidia/version"),
                           .flavour = fact<std::string>("open", "/proc/driver/nvidia/version")});
        machine.drivers = fact(std::move(drivers), "/sys/module");
        for (const char* name : {"libcuda.so.1", "libnvidia-ml.so.1"}) {
            remove_library(name);
            add_library(std::string("/usr/lib64/") + name, release);
        }
    }
    void set_kernels(std::vector<KernelFolder> kernels) {
        machine.environment.kernels = fact(std::move(kernels), "/lib/modules");
    }
    void add_library(const std::string& path, const std::string& version) {
        auto libraries = machine.libraries.value_or({});
        libraries.push_back({.name = path.substr(path.rfind('/') + 1),
                             .path = path,
                             .version = fact(version, path)});
        machine.libraries = fact(std::move(libraries), "/etc/ld.so.conf.d");
    }
    void remove_library(const std::string& name) {
        auto libraries = machine.libraries.value_or({});
        std::erase_if(libraries, [&](const LibraryFile& file) { return file.name == name; });
        machine.libraries = fact(std::move(libraries), "/etc/ld.so.conf.d");
    }

  private:
    std::vector<PciDevice> devices_;
};

/// A healthy Fedora Workstation without a GPU.
[[nodiscard]] MadeFacts healthy_cpu_machine();

/// A healthy Fedora Workstation with a GeForce RTX 4090 and NVIDIA's driver from RPM Fusion.
[[nodiscard]] MadeFacts healthy_nvidia_machine();
/// A Radeon RX 7900 XTX, with Fedora's ROCm and LibTorch.
[[nodiscard]] MadeFacts healthy_amd_machine();
/// A Ryzen AI Max+ 395 with 128 GiB of memory, 96 of them usable by the GPU.
[[nodiscard]] MadeFacts healthy_strix_halo();

/// Adds an NVIDIA card that can compute.
void add_nvidia_card(MadeFacts& made);

/// One condition with a machine that has it, and one that nearly has it.
struct ConditionCase {
    const char* id;
    const char* fires_on;  ///< in words, for the table
    void (*fire)(MadeFacts&);
    const char* silent_on;
    void (*miss)(MadeFacts&);
    MadeFacts (*healthy)() = healthy_cpu_machine;

    friend void PrintTo(const ConditionCase& one, std::ostream* out) { *out << one.id; }
};

inline void deny_kfd(MadeFacts& made) {
    made.deny_node("/dev/kfd");
}

}  // namespace trilby::testing
