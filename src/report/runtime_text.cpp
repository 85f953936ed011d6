// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/runtime_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace trilby::report {
namespace {

std::string name_of(const Runtime& runtime) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
        {{"nvml", "NVML"}, {"cuda", "CUDA"}, {"hip", "HIP"}, {"rocm_smi", "ROCm SMI"}}};
    const auto* found = std::ranges::find(names, runtime.name, &decltype(names)::value_type::first);
    return found != names.end() ? std::string(found->second) : one_line(runtime.name);
}

std::string_view state_text(RuntimeState state) {
    switch (state) {
        case RuntimeState::wrong_version:
            return "does not fit the system";
        case RuntimeState::timed_out:
            return "did not answer in time";
        case RuntimeState::stuck:
            return "hangs in the kernel; its process could not be ended";
        case RuntimeState::not_asked:
            return "could not be queried";
        default:
            return runtime_state_name(state);
    }
}

std::string first_known(std::initializer_list<const Observed<std::string>*> versions) {
    for (const Observed<std::string>* version : versions) {
        if (*version) {
            return one_line(**version, 64);
        }
    }
    return "unknown version";
}

std::string device_text(const RuntimeDevice& device) {
    if (device.problem) {
        return fmt::format("a device that fails: {}", one_line(*device.problem));
    }
    std::string text = device.name ? one_line(*device.name) : std::string("unnamed device");
    if (device.pci_address) {
        text += fmt::format(" at {}", one_line(*device.pci_address));
    }
    return text;
}

std::string answer_text(const Runtime& runtime) {
    const auto devices = runtime.devices.value_or({});
    std::string text = fmt::format(
        "{}, {}",
        first_known({&runtime.api_version, &runtime.driver_version, &runtime.library_version}),
        devices.empty()
            ? "no device"
            : fmt::format("{} device{}", devices.size(), devices.size() == 1 ? "" : "s"));
    for (const RuntimeDevice& device : devices) {
        if (device.problem || devices.size() == 1) {
            text += fmt::format(", {}", device_text(device));
        }
    }
    return text;
}

std::string runtime_text(const Runtime& runtime) {
    if (runtime.state == RuntimeState::answered) {
        return answer_text(runtime);
    }
    return runtime.message
               ? fmt::format("{}: {}", state_text(runtime.state), one_line(*runtime.message, 300))
               : std::string(state_text(runtime.state));
}

}  // namespace

SafeText runtime_rows(const Machine& machine, const Style& style) {
    SafeText out;
    std::vector<std::string> missing;
    for (const Runtime& runtime : machine.runtimes.value_or({})) {
        if (runtime.state == RuntimeState::missing) {
            missing.push_back(name_of(runtime));
        } else {
            out += row(name_of(runtime), runtime_text(runtime), style);
        }
    }
    if (!missing.empty()) {
        out += row("Runtimes", fmt::format("not installed: {}", fmt::join(missing, ", ")), style);
    }
    return out;
}

std::string runtime_memory_text(const PciDevice& device, const Machine& machine) {
    for (const Runtime& runtime : machine.runtimes.value_or({})) {
        for (const RuntimeDevice& seen : runtime.devices.value_or({})) {
            if (seen.pci_address.value_or("") == device.address && seen.memory_total_bytes) {
                const std::string used =
                    seen.memory_used_bytes
                        ? fmt::format(", {} in use", format_bytes(*seen.memory_used_bytes))
                        : "";
                return format_bytes(*seen.memory_total_bytes) + used;
            }
        }
    }
    return {};
}

}  // namespace trilby::report
