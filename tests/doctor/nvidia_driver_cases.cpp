// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void load_nvidia(MadeFacts& made, const char* version, const char* flavour) {
    made.unload("nvidia");
    auto drivers = *made.machine.drivers;
    drivers.push_back({.name = "nvidia",
                       .version = fact<std::string>(version, "/sys/module/nvidia/version"),
                       .flavour = fact<std::string>(flavour, "/proc/driver/nvidia/version")});
    made.machine.drivers = fact(std::move(drivers), "/sys/module");
}

/// A card without a driver, and a module that cannot be loaded.
void leave_module_unloaded(MadeFacts& made, std::uint16_t card, const char* flavor) {
    made.unload("nvidia");
    made.bind("");
    made.set_device_id(card);
    made.machine.environment.nvidia_module_flavor =
        fact<std::string>(flavor, "/lib/modules/6.18.5-200.fc43.x86_64/extra/nvidia/nvidia.ko.xz");
}

void set_gpu(MadeFacts& made, void (*change)(NvidiaGpu&)) {
    NvidiaGpu gpu = made.machine.nvidia_gpus->front();
    change(gpu);
    made.machine.nvidia_gpus = fact(std::vector{gpu}, "/proc/driver/nvidia/gpus");
}

void install_release(MadeFacts& made, const char* version) {
    made.unload("nvidia");
    made.bind("nouveau");
    made.set_device_id(0x1b80);
    made.remove_library("libnvidia-ml.so.1");
    made.add_library("/usr/lib64/libnvidia-ml.so.1", version);
}

void ask(MadeFacts& made, Runtime runtime) {
    auto runtimes = made.machine.runtimes.value_or({});
    runtimes.push_back(std::move(runtime));
    made.machine.runtimes = fact(std::move(runtimes), "runtimes");
}

void refuse(MadeFacts& made, const char* name, const char* message) {
    Runtime runtime;
    runtime.name = name;
    runtime.state = RuntimeState::refused;
    runtime.message = fact<std::string>(message, name);
    ask(made, std::move(runtime));
}

/// CUDA's answer with the open module, with HMM disabled ("Y") or not ("N").
void refuse_cuda(MadeFacts& made, const char* message, const char* is_disabled) {
    load_nvidia(made, "580.95.05", "open");
    made.set_text("/sys/module/nvidia_uvm/parameters/uvm_disable_hmm", is_disabled);
    refuse(made, "cuda", message);
}

/// A working card and a second one without a driver.
void set_two_cards(MadeFacts& made, std::uint16_t working, std::uint16_t idle) {
    made.set_device_id(working);
    PciDevice second = made.device();
    second.address = "0000:02:00.0";
    second.device_id = fact(idle);
    second.driver = Observed<std::string>::missing(Presence::absent, "driver");
    made.machine.pci_devices = fact(std::vector{made.device(), second}, "/sys/bus/pci/devices");
}

void report_device(MadeFacts& made, RuntimeDevice device) {
    Runtime runtime;
    runtime.name = "nvml";
    runtime.state = RuntimeState::answered;
    runtime.devices = fact(std::vector{std::move(device)}, "nvml");
    ask(made, std::move(runtime));
}

void use_memory(MadeFacts& made, std::uint64_t used_gib) {
    RuntimeDevice device;
    device.name = fact<std::string>("NVIDIA GeForce RTX 4090");
    device.memory_total_bytes = fact<std::uint64_t>(24ULL << 30);
    device.memory_used_bytes = fact<std::uint64_t>(used_gib << 30);
    report_device(made, std::move(device));
}

void lose_firmware(MadeFacts& made, std::vector<std::string> files) {
    set_gpu(made, [](NvidiaGpu& gpu) { gpu.gsp_firmware = missing<std::string>(); });
    made.machine.environment.nvidia_firmware =
        fact(std::move(files), "/lib/firmware/nvidia/580.95.05");
}

void suspend(MadeFacts& made, const char* times) {
    refuse(made, "cuda", "CUDA_ERROR_UNKNOWN (CUDA error 999)");
    made.set_text("/sys/power/suspend_stats/success", times);
}

void remove_uvm(MadeFacts& made, bool has_modprobe) {
    made.remove_node("/dev/nvidia-uvm");
    made.set_file("/usr/bin/nvidia-modprobe", has_modprobe);
}

}  // namespace

std::vector<ConditionCase> nvidia_driver_cases() {
    return {
        {"TRL-N001", "an RTX 4090 bound to nouveau", [](MadeFacts& made) { made.bind("nouveau"); },
         "a GeForce 210 bound to nouveau, its only driver",
         [](MadeFacts& made) {
             made.bind("nouveau");
             made.set_device_id(0x0a65);
         },
         healthy_nvidia_machine},
        {"TRL-N002", "an RTX 4090 bound to nova_core",
         [](MadeFacts& made) { made.bind("nova_core"); }, "bound to nvidia",
         [](MadeFacts& made) { made.bind("nvidia"); }, healthy_nvidia_machine},
        {"TRL-N003", "a card bound to vfio-pci", [](MadeFacts& made) { made.bind("vfio-pci"); },
         "the same, seen from inside a container",
         [](MadeFacts& made) {
             made.bind("vfio-pci");
             made.machine.container.kind = fact(ContainerKind::podman);
         },
         healthy_nvidia_machine},
        {"TRL-N004", "a card without a driver", [](MadeFacts& made) { made.bind(""); },
         "a card whose driver is unknown",
         [](MadeFacts& made) {
             made.device().driver = missing<std::string>(Presence::denied);
             made.keep_devices();
         },
         healthy_nvidia_machine},
        {"TRL-N010", "module 580.95.05, library 580.105.08",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.add_library("/usr/lib64/libcuda.so.1", "580.105.08");
         },
         "the newer library is for forward compatibility",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.add_library("/usr/local/cuda/compat/libcuda.so.1", "580.105.08");
         },
         healthy_nvidia_machine},
        {"TRL-N011", "an RTX 5090 bound to the proprietary module",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "proprietary");
             made.set_device_id(0x2b85);
         },
         "an RTX 4090 bound to it",
         [](MadeFacts& made) { load_nvidia(made, "570.86.10", "proprietary"); },
         healthy_nvidia_machine},
        {"TRL-N040", "a GTX 1070 without a driver, with the open module of release 570",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "open");
             made.set_device_id(0x1b81);
             made.bind("");
         },
         "the proprietary module",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "proprietary");
             made.set_device_id(0x1b81);
             made.bind("");
         },
         healthy_nvidia_machine},
        {"TRL-N045", "an RTX 5090 on the open module and an idle GTX 1050",
         [](MadeFacts& made) {
             load_nvidia(made, "595.71.05", "open");
             set_two_cards(made, 0x2b85, 0x1c81);
         },
         "an idle RTX 4090, which the module could drive",
         [](MadeFacts& made) {
             load_nvidia(made, "595.71.05", "open");
             set_two_cards(made, 0x2b85, 0x2684);
         },
         healthy_nvidia_machine},
        {"TRL-N045", "an RTX 4090 on the open module of release 570 and an idle GTX 1050",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "open");
             set_two_cards(made, 0x2684, 0x1c81);
         },
         "the proprietary module, which could drive both",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "proprietary");
             set_two_cards(made, 0x2684, 0x1c81);
         },
         healthy_nvidia_machine},
        {"TRL-N045", "a GTX 1050 on the proprietary module and an idle RTX 5090",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "proprietary");
             set_two_cards(made, 0x1c81, 0x2b85);
         },
         "an RTX 4090 works, which the open module can drive, too",
         [](MadeFacts& made) {
             load_nvidia(made, "570.86.10", "proprietary");
             set_two_cards(made, 0x2684, 0x2b85);
         },
         healthy_nvidia_machine},
        {"TRL-N043", "CUDA's error 3 with the open module and HMM",
         [](MadeFacts& made) { refuse_cuda(made, "initialization error (CUDA error 3)", "N"); },
         "HMM is disabled",
         [](MadeFacts& made) { refuse_cuda(made, "initialization error (CUDA error 3)", "Y"); },
         healthy_nvidia_machine},
        {"TRL-N043", "CUDA's error 802 on a machine with one card",
         [](MadeFacts& made) {
             refuse_cuda(made, "system not yet initialized (CUDA error 802)", "N");
         },
         "the same on a machine with several cards",
         [](MadeFacts& made) {
             refuse_cuda(made, "system not yet initialized (CUDA error 802)", "N");
             set_two_cards(made, 0x2330, 0x2330);
         },
         healthy_nvidia_machine},
        {"TRL-N043", "the open module with HMM on RHEL 10",
         [](MadeFacts& made) {
             load_nvidia(made, "580.95.05", "open");
             made.set_text("/sys/module/nvidia_uvm/parameters/uvm_disable_hmm", "N");
             made.machine.os.kernel_release = fact<std::string>("6.12.0-55.37.1.el10_0.x86_64");
         },
         "the same on Fedora",
         [](MadeFacts& made) {
             load_nvidia(made, "580.95.05", "open");
             made.set_text("/sys/module/nvidia_uvm/parameters/uvm_disable_hmm", "N");
         },
         healthy_nvidia_machine},
        {"TRL-N011", "an RTX 5090 without a driver, with the proprietary module",
         [](MadeFacts& made) {
             load_nvidia(made, "580.95.05", "proprietary");
             made.set_device_id(0x2b85);
             made.bind("");
         },
         "the open module",
         [](MadeFacts& made) {
             load_nvidia(made, "580.95.05", "open");
             made.set_device_id(0x2b85);
             made.bind("");
         },
         healthy_nvidia_machine},
        {"TRL-N011", "an RTX 5090, and the proprietary module is installed but not loaded",
         [](MadeFacts& made) { leave_module_unloaded(made, 0x2b85, "proprietary"); },
         "the open module", [](MadeFacts& made) { leave_module_unloaded(made, 0x2b85, "open"); },
         healthy_nvidia_machine},
        {"TRL-N040", "a GTX 1070, and the open module is installed but not loaded",
         [](MadeFacts& made) { leave_module_unloaded(made, 0x1b81, "open"); },
         "the proprietary module",
         [](MadeFacts& made) { leave_module_unloaded(made, 0x1b81, "proprietary"); },
         healthy_nvidia_machine},
        {"TRL-N012", "a GTX 1080 with nouveau and release 595 installed",
         [](MadeFacts& made) { install_release(made, "595.45.04"); }, "release 580 installed",
         [](MadeFacts& made) { install_release(made, "580.119.02"); }, healthy_nvidia_machine},
        {"TRL-N013", "no firmware for the loaded module, and none in use",
         [](MadeFacts& made) { lose_firmware(made, {}); },
         "the firmware is installed and the card is asleep",
         [](MadeFacts& made) { lose_firmware(made, {"gsp_ga10x.bin.xz"}); },
         healthy_nvidia_machine},
        {"TRL-N014", "neither /dev/nvidia-uvm nor nvidia-modprobe",
         [](MadeFacts& made) { remove_uvm(made, false); }, "nvidia-modprobe can create it",
         [](MadeFacts& made) { remove_uvm(made, true); }, healthy_nvidia_machine},
        {"TRL-N015", "CUDA error 999 after 3 suspends", [](MadeFacts& made) { suspend(made, "3"); },
         "the same without a suspend", [](MadeFacts& made) { suspend(made, "0"); },
         healthy_nvidia_machine},
        {"TRL-N016", "NVML reports that a card is lost",
         [](MadeFacts& made) {
             RuntimeDevice device;
             device.problem = fact<std::string>("GPU is lost (NVML error 15)", "nvml");
             report_device(made, std::move(device));
         },
         "NVML reports that it may not query a card",
         [](MadeFacts& made) {
             RuntimeDevice device;
             device.problem = fact<std::string>("Insufficient Permissions (NVML error 4)", "nvml");
             report_device(made, std::move(device));
         },
         healthy_nvidia_machine},
        {"TRL-N020", "20 of 24 GiB in use", [](MadeFacts& made) { use_memory(made, 20); },
         "2 of 24 GiB in use", [](MadeFacts& made) { use_memory(made, 2); },
         healthy_nvidia_machine},
    };
}

}  // namespace trilby::testing
