// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/units.hpp"
#include "report/cpu_text.hpp"
#include "report/device_text.hpp"
#include "report/fact_text.hpp"
#include "report/libtorch_text.hpp"
#include "report/runtime_text.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

std::string system_line(const OperatingSystem& os) {
    return fmt::format("{}, kernel {}", text_of(os.pretty_name, "unknown operating system"),
                       text_of(os.kernel_release, "unknown"));
}

std::string container_line(const Container& container) {
    if (!container.kind) {
        return "unknown";
    }
    const std::string image =
        container.image ? fmt::format(", image {}", one_line(*container.image)) : "";
    return fmt::format("{}{}", container_name(*container.kind), image);
}

template <class T>
bool has(const Observed<std::vector<T>>& list, const std::string& name, std::string T::*member) {
    return list && std::ranges::find(*list, name, member) != list->end();
}

/// Only libraries of the driver count: a container has its own copies of the others.
std::vector<std::string> not_visible(const Host& host, const Machine& machine) {
    constexpr std::array<std::string_view, 2> names{"libcuda.so.1", "libnvidia-ml.so.1"};
    std::vector<std::string> things;
    for (const DeviceNode& node : host.device_nodes.value_or({})) {
        if (!has(machine.device_nodes, node.path, &DeviceNode::path)) {
            things.push_back(one_line(node.path));
        }
    }
    for (const LibraryFile& library : host.libraries.value_or({})) {
        const bool is_of_driver = std::ranges::find(names, library.name) != names.end();
        if (is_of_driver && !has(machine.libraries, library.name, &LibraryFile::name)) {
            things.push_back(one_line(library.path));
        }
    }
    return things;
}

std::string host_line(const Host& host, const Machine& machine) {
    const auto hidden = not_visible(host, machine);
    return text_of(host.os.pretty_name, "unknown operating system") +
           (hidden.empty()
                ? ""
                : fmt::format("; not visible in this container: {}", fmt::join(hidden, ", ")));
}

std::string memory_line(const Memory& memory) {
    const auto amount = [](const Observed<std::uint64_t>& bytes) {
        return bytes ? format_bytes(*bytes) : std::string("unknown");
    };
    std::string line = fmt::format("{}, {} available, {} swap", amount(memory.total_bytes),
                                   amount(memory.available_bytes), amount(memory.swap_total_bytes));
    if (memory.control_group_limit_bytes) {
        line += fmt::format("; this process is limited to {}",
                            format_bytes(*memory.control_group_limit_bytes));
    }
    return line;
}

SafeText node_row(const Machine& machine, const Style& style) {
    if (!machine.device_nodes || machine.device_nodes->empty()) {
        return "";
    }
    std::vector<std::string> nodes;
    for (const DeviceNode& node : *machine.device_nodes) {
        const bool is_closed = node.may_open && !*node.may_open;
        nodes.push_back(one_line(node.path) + (is_closed ? " (no permission)" : ""));
    }
    return row("Nodes", fmt::format("{}", fmt::join(nodes, ", ")), style);
}

}  // namespace

SafeText to_text(const Machine& machine, const Style& style) {
    SafeText out = row("System", system_line(machine.os), style);
    if (machine.container.kind.value_or(ContainerKind::unknown) != ContainerKind::none) {
        out += row("Container", container_line(machine.container), style);
    }
    if (machine.host) {
        out += row("Host", host_line(*machine.host, machine), style);
    }
    out += cpu_rows(machine.cpu, style);
    out += row("Memory", memory_line(machine.memory), style);
    out += device_rows(machine, style);
    out += hidden_gpu_row(machine, style);
    out += node_row(machine, style);
    out += libtorch_rows(machine, style);
    out += runtime_rows(machine, style);
    return out;
}

}  // namespace trilby::report
