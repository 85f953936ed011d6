// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/image.hpp"

#include <gtest/gtest.h>

#include "toolbox/made_machines.hpp"

namespace trilby::toolbox {
namespace {

using testing::fact;
using testing::made_gpu;

TEST(ChooseImage, DependsOnTheHardware) {
    const Image nvidia = choose_image(testing::nvidia_host());
    EXPECT_EQ(nvidia.name, "localhost/trilby-toolbox-cuda");
    EXPECT_EQ(nvidia.gpu, Gpu::nvidia);
    EXPECT_EQ(nvidia.reason, "NVIDIA AD102 at 0000:03:00.0");
    const Image amd = choose_image(testing::amd_host(0666));
    EXPECT_EQ(amd.name, "localhost/trilby-toolbox");
    EXPECT_EQ(amd.gpu, Gpu::amd);
}

TEST(ChooseImage, PrefersNvidiaToAnIntegratedGpu) {
    Machine machine;
    machine.pci_devices = fact(std::vector{made_gpu(0x1002, "Raphael"), made_gpu(0x10de, "GB203")});
    EXPECT_EQ(choose_image(machine).gpu, Gpu::nvidia);
}

TEST(ChooseImage, IsForTheCpuIfNoGpuIsKnown) {
    Machine machine;
    EXPECT_EQ(choose_image(machine).gpu, Gpu::none);
    machine.pci_devices = fact(std::vector{made_gpu(0x8086, "Arc B580")});
    const Image image = choose_image(machine);
    EXPECT_EQ(image.gpu, Gpu::none);
    EXPECT_EQ(image.name, "localhost/trilby-toolbox");
}

TEST(ChooseImage, MakesDeviceNamesPrintable) {
    Machine machine;
    machine.pci_devices = fact(std::vector{made_gpu(0x10de, "AD\x1b[2J102")});
    EXPECT_EQ(choose_image(machine).reason.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace trilby::toolbox
