// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.hpp"
#include "probe/assignments.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

Observed<std::string> read_os_release(const FileTree& tree) {
    Observed<std::string> text = tree.read("/etc/os-release");
    return text.presence() == Presence::absent ? tree.read("/usr/lib/os-release") : text;
}

}  // namespace

OperatingSystem read_operating_system(const FileTree& tree) {
    const Observed<std::string> text = read_os_release(tree);
    return {.pretty_name = assigned_value(text, "PRETTY_NAME"),
            .id = assigned_value(text, "ID"),
            .id_like = assigned_value(text, "ID_LIKE"),
            .version_id = assigned_value(text, "VERSION_ID"),
            .kernel_release = tree.read_trimmed("/proc/sys/kernel/osrelease")};
}

}  // namespace trilby::sources
