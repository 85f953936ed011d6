// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/unread_facts.hpp"

#include <fmt/format.h>
#include <string>

#include "base/presence.hpp"
#include "base/text.hpp"

namespace trilby::doctor {
namespace {

using Families = std::vector<std::string>;

template <class T>
void add_if_unread(std::vector<UnreadFacts>& unread, const char* name, const Observed<T>& fact,
                   const Families& families) {
    if (!fact) {
        unread.push_back({.name = name,
                          .reason = fmt::format("{} {}", printable(fact.source(), 256),
                                                why_missing(fact.presence())),
                          .families = families});
    }
}

/// Without the vendor or the driver of a device, it is not known what works.
void add_unread_device(std::vector<UnreadFacts>& unread, const Machine& machine,
                       const Families& families) {
    for (const PciDevice& device : machine.pci_devices.value_or({})) {
        if (!device.vendor_id) {
            add_if_unread(unread, "the vendor of a PCI device", device.vendor_id, families);
        } else if (device.driver.is_unreadable()) {
            add_if_unread(unread, "the driver of a PCI device", device.driver, families);
        }
    }
}

}  // namespace

std::vector<UnreadFacts> unread_facts(const Machine& machine) {
    const Families gpus{"nvidia", "amd", "intel"};
    std::vector<UnreadFacts> unread;
    add_if_unread(unread, "PCI devices", machine.pci_devices, gpus);
    add_unread_device(unread, machine, gpus);
    add_if_unread(unread, "loaded drivers", machine.drivers, gpus);
    add_if_unread(unread, "device nodes", machine.device_nodes,
                  {"nvidia", "amd", "intel", "container"});
    add_if_unread(unread, "the kernel's release", machine.os.kernel_release, gpus);
    add_if_unread(unread, "the kernel's command line", machine.kernel.boot_parameters, gpus);
    add_if_unread(unread, "the folders of libraries", machine.libraries, gpus);
    add_if_unread(unread, "the kind of container", machine.container.kind, {"container"});
    add_if_unread(unread, "the CPU's features", machine.cpu.features, {"cpu"});
    add_if_unread(unread, "the size of the memory", machine.memory.total_bytes, {"system"});
    return unread;
}

}  // namespace trilby::doctor
