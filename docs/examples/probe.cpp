// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Prints the machine's GPUs and the backend that Trilby would pick.
//
//   c++ -std=c++23 probe.cpp $(pkg-config --cflags --libs trilby)

#include <iostream>

#include <trilby/probe.hpp>
#include <trilby/selection.hpp>

int main() {
    const trilby::Machine machine = trilby::probe();
    std::cout << machine.cpu.model.value_or("unknown CPU") << '\n';
    if (machine.pci_devices) {
        for (const trilby::PciDevice& device : *machine.pci_devices) {
            std::cout << device.address << ' ' << device.device_name.value_or("unknown GPU")
                      << " (from " << device.device_name.source() << ")\n";
        }
    }
    const auto installed = trilby::installed_backends();
    const trilby::Selection selection = trilby::select_backend(machine, installed, std::nullopt);
    std::cout << "backend: "
              << (selection.choice ? selection.choice->name : selection.choice.error().message)
              << '\n';
}
