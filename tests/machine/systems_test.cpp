// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/systems.hpp"

#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby {
namespace {

using testing::fact;

struct Release {
    const char* id;
    const char* id_like = "";
    bool is_image_based = false;
    ContainerKind container = ContainerKind::none;
};

System system_for(const Release& release) {
    Machine machine;
    machine.os.id = fact<std::string>(release.id);
    machine.os.id_like = fact<std::string>(release.id_like);
    machine.container.kind = fact(release.container);
    machine.environment.files.push_back({std::string(atomic_marker), fact(release.is_image_based)});
    return system_of(machine);
}

TEST(Systems, AreRecognizedByTheirId) {
    EXPECT_EQ(system_for({"fedora"}), System::fedora);
    EXPECT_EQ(system_for({"debian"}), System::debian);
    EXPECT_EQ(system_for({"arch"}), System::arch);
    EXPECT_EQ(system_for({"opensuse-tumbleweed", "opensuse suse"}), System::suse);
    EXPECT_EQ(system_for({"bazzite", "fedora", true}), System::universal_blue);
    EXPECT_EQ(system_for({"nobara", "rhel centos fedora"}), System::nobara);
    EXPECT_EQ(system_for({"rhel", "fedora"}), System::rhel);
    EXPECT_EQ(system_for({"gentoo"}), System::other);
    EXPECT_EQ(system_for({"amzn", "fedora"}), System::other) << "it has its own repositories";
}

TEST(Systems, AreRecognizedByTheClosestSystemThatTheyAreLike) {
    EXPECT_EQ(system_for({"ultramarine", "fedora"}), System::fedora);
    EXPECT_EQ(system_for({"rocky", "rhel centos fedora"}), System::rhel);
    EXPECT_EQ(system_for({"linuxmint", "ubuntu debian"}), System::ubuntu);
    EXPECT_EQ(system_for({"pop", "ubuntu debian"}), System::ubuntu);
    EXPECT_EQ(system_for({"manjaro", "arch"}), System::arch);
}

TEST(Systems, OfFedoraAreAtomicIfTheyAreImageBasedHosts) {
    EXPECT_EQ(system_for({"fedora", "", true}), System::atomic);
    EXPECT_EQ(system_for({"fedora", "", true, ContainerKind::toolbx}), System::fedora);
}

TEST(Systems, EndWithTheOneThatAllOthersAreBasedOn) {
    for (System system : all_systems()) {
        int steps = 0;
        while (system != System::other && steps < 5) {
            system = base_of(system);
            ++steps;
        }
        EXPECT_EQ(system, System::other);
    }
    EXPECT_EQ(all_systems().back(), System::other);
}

}  // namespace
}  // namespace trilby
