// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/subject_facts.hpp"

#include <fmt/format.h>
#include <string>
#include <vector>

#include "report/machine_validation.hpp"
#include "report/page.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

std::string system_text(const OperatingSystem& os) {
    return fmt::format("{}, kernel {}", os.pretty_name.value_or("unknown"),
                       os.kernel_release.value_or("unknown"));
}

Markup facts_of(const std::vector<NamedText>& versions) {
    Markup out;
    for (const NamedText& version : versions) {
        out += fact(version.name, version.text);
    }
    return out;
}

}  // namespace

Markup subject_facts(const validate::Subject& subject, const Machine& machine,
                     std::string_view program_version) {
    return fact("Device", subject.device_name) + fact("PCI address", subject.pci_address) +
           fact("UUID", subject.uuid) +
           fact("Kind", device_kind_text(device_kind(machine, subject))) +
           fact("Backend", backend_text(subject)) + facts_of(library_versions(subject.libraries)) +
           fact("System", system_text(machine.os)) +
           facts_of(firmware_versions(machine, subject.pci_address)) +
           fact("Trilby", program_version);
}

}  // namespace trilby::report
