// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Builds the file tree of a synthetic machine.

#pragma once

#include <string>

#include "support/temporary_folder.hpp"

namespace trilby::testing {

/// The contents of a PCI device's folder in sysfs.
struct MadePciDevice {
    std::string address;
    std::string vendor;
    std::string device;
    std::string pci_class = "0x030000";
    std::string driver{};  ///< empty if no driver is bound
    std::string numa_node = "-1";
};

class MadeMachine {
  public:
    [[nodiscard]] const std::filesystem::path& root() const { return folder_.path(); }
    void write(const std::string& path, const std::string& content) const {
        folder_.write(path, content);
    }
    void make_folder(const std::string& path) const {
        std::filesystem::create_directories(root() / path);
    }
    void link(const std::string& path, const std::string& target) const {
        const std::filesystem::path link = root() / path;
        std::filesystem::create_directories(link.parent_path());
        std::filesystem::create_symlink(target, link);
    }

    /// Uses the kernel's layout: the bus folder holds links into the tree of devices.
    void add(const MadePciDevice& made) const {
        const std::string folder = "sys/devices/pci0000:00/" + made.address;
        write(folder + "/class", made.pci_class + "\n");
        write(folder + "/vendor", made.vendor + "\n");
        write(folder + "/device", made.device + "\n");
        write(folder + "/numa_node", made.numa_node + "\n");
        if (!made.driver.empty()) {
            link(folder + "/driver", "../../../bus/pci/drivers/" + made.driver);
            make_folder("sys/module/" + made.driver);
        }
        link("sys/bus/pci/devices/" + made.address, "../../../devices/pci0000:00/" + made.address);
    }
    void add_drm_node(const std::string& name, const std::string& pci_address) const {
        const std::string target = "devices/pci0000:00/" + pci_address + "/drm/" + name;
        make_folder("sys/" + target);
        link("sys/class/drm/" + name, "../../" + target);
    }

  private:
    TemporaryFolder folder_;
};

}  // namespace trilby::testing
