// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/unread_facts.hpp"

#include <fmt/format.h>
#include <string>

#include "base/presence.hpp"
#include "base/text.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"

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

/// Without the class, the vendor or the driver of a device, it is not known what works.
void add_unread_device(std::vector<UnreadFacts>& unread, const Machine& machine,
                       const Families& families) {
    for (const PciDevice& device : machine.pci_devices.value_or({})) {
        if (!is_known_to_compute(device)) {
            add_if_unread(unread, "the class of a PCI device", device.class_code, families);
        } else if (!device.vendor_id) {
            add_if_unread(unread, "the vendor of a PCI device", device.vendor_id, families);
        } else if (device.driver.is_unreadable()) {
            add_if_unread(unread, "the driver of a PCI device", device.driver, families);
        }
    }
}

struct ListText {
    FactList list;
    const char* name;
    std::vector<std::string> families;
};

/// The lists whose gaps leave whole families open. A gap in another list concerns one condition.
std::vector<ListText> list_texts() {
    return {{FactList::drivers, "loaded drivers", {"nvidia", "amd", "intel"}},
            {FactList::libraries, "the folders of libraries", {"nvidia", "amd", "intel"}},
            {FactList::libtorch, "the folders of LibTorch", {"nvidia", "amd"}},
            {FactList::kernels, "the modules of the installed kernels", {"nvidia"}},
            {FactList::module_settings, "the settings of modprobe", {"nvidia", "amd"}},
            {FactList::removal_rules, "the rules of udev", {"nvidia"}}};
}

void add_incomplete_lists(std::vector<UnreadFacts>& unread, const Machine& machine) {
    for (const ListText& text : list_texts()) {
        const auto paths = unread_paths(machine, text.list);
        if (!paths.empty()) {
            unread.push_back({.name = text.name,
                              .reason = fmt::format("{} {}", printable(paths.front()->path, 256),
                                                    why_missing(paths.front()->why)),
                              .families = text.families});
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
    add_incomplete_lists(unread, machine);
    return unread;
}

}  // namespace trilby::doctor
