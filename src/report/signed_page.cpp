// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/signed_page.hpp"

#include <fmt/format.h>
#include <span>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "report/machine_validation.hpp"
#include "report/text.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

std::string digest_of(const json::object& result) {
    const std::string document = json::pretty(result);
    Sha256 sha256;
    sha256.update(std::as_bytes(std::span(document)));
    return sha256.finish();
}

SafeText lines_of(const std::vector<NamedText>& versions) {
    SafeText out;
    for (const NamedText& version : versions) {
        out += page_line(version.name, version.text);
    }
    return out;
}

}  // namespace

SafeText page_line(std::string_view label, std::string_view text) {
    return row(label, text, paper, check_columns);
}

SafeText page_heading(std::string_view text) {
    return SafeText::format("\n{}\n{:-<{}}\n", text, "", text.size());
}

SafeText title_lines(std::string_view title) {
    return SafeText::format("{}\n{:=<{}}\n\n", title, "", title.size());
}

SafeText digest_lines(const json::object& document) {
    return page_line("result", "SHA-256 of the JSON document:") +
           SafeText::format("{:{}}{}\n", "", check_columns, digest_of(document));
}

SafeText subject_lines(const Machine& machine, const validate::Subject& subject,
                       std::string_view program_version) {
    const std::string on_bus =
        subject.pci_address.empty() ? "" : fmt::format(" at {}", subject.pci_address);
    return page_line("device", subject.device_name + on_bus) +
           (subject.uuid.empty() ? SafeText() : page_line("uuid", subject.uuid)) +
           page_line("kind", device_kind_text(device_kind(machine, subject))) +
           page_line("backend", backend_text(subject)) +
           lines_of(library_versions(subject.libraries)) + page_line("trilby", program_version) +
           telemetry_text(subject, paper, check_columns);
}

SafeText firmware_lines(const Machine& machine, const validate::Subject& subject) {
    return lines_of(firmware_versions(machine, subject.pci_address));
}

SafeText signature_lines() {
    return page_heading("Signed off") +
           "\nname       ______________________________\n"
           "\ndate       ______________________________\n"
           "\nsignature  ______________________________\n";
}

}  // namespace trilby::report
