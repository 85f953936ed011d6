// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/packages.hpp"

#include <algorithm>
#include <array>

namespace trilby::doctor {
namespace {

constexpr auto all = std::to_array<Package>({
    {"nvidia-modprobe", System::fedora, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::atomic, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::debian, "nvidia-modprobe", "Debian 12"},
});

}  // namespace

std::span<const Package> known_packages() {
    return all;
}

const Package* find_package(std::string_view software, System system) {
    const auto found = std::ranges::find_if(all, [&](const Package& package) {
        return package.software == software && package.system == system;
    });
    if (found != all.end()) {
        return &*found;
    }
    return system == System::other ? nullptr : find_package(software, base_of(system));
}

}  // namespace trilby::doctor
