// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Every package that a step installs was seen on its system.

#include "doctor/packages.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "doctor/embedded_pages.hpp"
#include "doctor/printed_steps.hpp"

namespace trilby::doctor {
namespace {

using testing::for_each_step;
using testing::packages_in;
using testing::PrintedStep;
using testing::Setting;

struct SeenPackages {
    System system;
    std::string_view packages;  ///< separated by spaces
    std::string_view seen;      ///< the release in which the packages were seen
};

/// The packages that pages install with a command of their own.
constexpr auto packages_of_commands = std::to_array<SeenPackages>({
    {System::fedora, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {System::atomic, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {System::debian, "nvidia-driver libcuda1 nvidia-smi", "Debian 13"},
    {System::ubuntu, "ubuntu-drivers-common", "Ubuntu 24.04"},
    {System::rhel, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion for RHEL 9"},
    {System::fedora, "nvidia-open", "NVIDIA's repository for Fedora 43"},
    {System::rhel, "nvidia-open", "NVIDIA's repository for RHEL 10"},
    {System::debian, "nvidia-open", "NVIDIA's repository for Debian 13"},
    {System::arch, "nvidia-open nvidia-open-dkms nvidia-utils", "Arch Linux"},
    {System::suse, "nvidia-open-driver-G07-signed-kmp-meta nvidia-open-driver-G06-signed-kmp-meta",
     "NVIDIA's repositories for Leap 16.0 and 15.6"},
    {System::suse, "openSUSE-repos-Tumbleweed-NVIDIA openSUSE-repos-Leap-NVIDIA",
     "openSUSE Leap 16.0"},
    {System::fedora, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda", "RPM Fusion 44"},
    {System::atomic, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda", "RPM Fusion 44"},
    {System::debian, "nvidia-driver-pinning-580 cuda-drivers-580",
     "NVIDIA's repository for Debian 12"},
    {System::rhel, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda", "RPM Fusion for RHEL 10"},
    {System::suse, "nvidia-driver-G06-kmp-meta", "NVIDIA's repository for Leap 16.0"},
    {System::debian, "nvidia-kernel-dkms", "Debian 13"},
    {System::fedora, "nvidia-driver-cuda", "NVIDIA's repository for Fedora 42"},
    {System::rhel, "nvidia-driver-cuda", "NVIDIA's repository for RHEL 10"},
    {System::suse, "nvidia-compute-utils-G07 nvidia-compute-utils-G06",
     "NVIDIA's repository for Leap 16.0"},
    {System::debian, "firmware-nvidia-gsp", "Debian 13"},
    {System::fedora, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {System::atomic, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {System::debian, "nvidia-suspend-common", "Debian 13"},
    {System::fedora, "nvidia-container-toolkit", "NVIDIA's repository"},
    {System::atomic, "nvidia-container-toolkit", "NVIDIA's repository"},
    {System::rhel, "nvidia-container-toolkit", "NVIDIA's repository"},
    {System::debian, "nvidia-container-toolkit", "NVIDIA's repository"},
    {System::suse, "nvidia-container-toolkit", "NVIDIA's repository"},
    {System::debian, "curl gnupg", "Debian 13"},
    {System::fedora, "cuda-toolkit", "NVIDIA's repository for Fedora 42"},
    {System::debian, "cuda-toolkit", "NVIDIA's repository for Debian 13"},
    {System::fedora, "rocm-hip", "Fedora 43"},
    {System::fedora, "rocblas", "Fedora 43"},
    {System::fedora,
     "hipblas-devel hipblaslt-devel hipcub-devel hipfft-devel hiprand-devel hipsolver-devel "
     "hipsparse-devel miopen-devel rocblas-devel rocfft-devel rocm-comgr-devel rocm-core-devel "
     "rocm-hip-devel rocm-runtime-devel rocprim-devel rocrand-devel rocsolver-devel "
     "rocthrust-devel",
     "Fedora's source of python3-torch"},
    {System::fedora, "python3-torch", "Fedora 43"},
    {System::arch, "python-pytorch-rocm", "Arch Linux"},
    {System::fedora, "gcc14-c++", "Fedora 43"},
    {System::debian, "g++-13", "Debian 13"},
    {System::suse, "gcc13-c++", "openSUSE Tumbleweed"},
    {System::rhel, "python3.12", "RHEL 9"},
    {System::debian, "python3-venv", "Debian 13"},
    {System::fedora, "kernel-devel-matched", "Fedora 43"},
    {System::atomic, "kernel-devel-matched", "Fedora 43"},
    {System::arch, "linux-headers", "Arch Linux"},
    {System::suse, "kernel-default-devel", "openSUSE Leap 16.0"},
});

/// These, and those that {{install ...}} stands for.
std::vector<SeenPackages> all_packages() {
    std::vector<SeenPackages> all(packages_of_commands.begin(), packages_of_commands.end());
    for (const Package& package : known_packages()) {
        all.push_back({package.system, package.packages, package.seen});
    }
    return all;
}

bool is_known_package(const std::string& name, System system) {
    const auto all = all_packages();
    const bool is_here = std::ranges::any_of(all, [&](const SeenPackages& one) {
        const auto names = split_words(one.packages);
        return one.system == system && std::ranges::find(names, name) != names.end();
    });
    return is_here || (system != System::other && is_known_package(name, base_of(system)));
}

TEST(Packages, AreInstalledBySomeStep) {
    std::set<std::string> installed;
    for_each_step([&](const Setting&, const PrintedStep& step) {
        if (is_command(step.text)) {
            for (const std::string& name : packages_in(step.text)) {
                installed.insert(name);
            }
        }
    });
    for (const SeenPackages& one : all_packages()) {
        for (const std::string_view name : split_words(one.packages)) {
            EXPECT_TRUE(installed.contains(std::string(name)))
                << system_title(one.system) << ": " << name;
        }
    }
}

TEST(Packages, AreInsertedBySomePage) {
    const auto is_inserted = [](std::string_view software) {
        const std::string insertion = fmt::format("{{{{install {}}}}}", software);
        const auto has_it = [&](const EmbeddedPage& page) {
            return page.text.find(insertion) != std::string_view::npos;
        };
        return std::ranges::any_of(condition_pages, has_it) ||
               std::ranges::any_of(step_pages, has_it);
    };
    for (const Package& package : known_packages()) {
        EXPECT_TRUE(is_inserted(package.software)) << package.software;
    }
}

TEST(Commands, InstallPackagesThatTheSystemHas) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        if (is_command(step.text) && step.system) {
            for (const std::string& name : packages_in(step.text)) {
                EXPECT_TRUE(is_known_package(name, *step.system)) << step.where(setting);
            }
        }
    });
}

TEST(Packages, SayWhereTheyWereSeen) {
    for (const Package& package : known_packages()) {
        EXPECT_NE(package.seen, "") << package.software;
        EXPECT_NE(package.packages, "") << package.software;
        EXPECT_EQ(find_package(package.software, package.system), &package) << "listed twice";
    }
}

}  // namespace
}  // namespace trilby::doctor
