// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void replace_cuda_library(MadeFacts& made, const char* path, const char* version) {
    made.remove_library("libcuda.so.1");
    made.add_library(path, version);
}

void set_model(MadeFacts& made, const char* model) {
    NvidiaGpu gpu = made.machine.nvidia_gpus->front();
    gpu.model = fact<std::string>(model, "/proc/driver/nvidia/gpus/0000:01:00.0/information");
    made.machine.nvidia_gpus = fact(std::vector{gpu}, "/proc/driver/nvidia/gpus");
}

/// A wheel that was built with CUDA 12.8, and an older or newer library before its own.
void put_first(MadeFacts& made, const char* version) {
    made.set_libtorch([](LibTorch& libtorch) {
        libtorch.folder = "/opt/venv/lib/python3.13/site-packages/torch/lib";
    });
    const std::string path = "/usr/local/cuda-12/lib64/libnvJitLink.so.12";
    made.machine.environment.preferred_libraries = {
        {"libnvJitLink.so.12", path, fact<std::string>(version, path)}};
}

void put_cudnn_first(MadeFacts& made, const char* version) {
    put_first(made, "12.8.93");
    made.set_libtorch([](LibTorch& libtorch) {
        libtorch.cudnn_version = fact<std::string>("9.10", "/opt/venv/cudnn_version.h");
    });
    const std::string path = "/opt/cudnn/lib/libcudnn.so.9";
    made.machine.environment.preferred_libraries.push_back(
        {"libcudnn.so.9", path, fact<std::string>(version, path)});
}

Runtime made_runtime(const char* name, RuntimeState state) {
    Runtime runtime;
    runtime.name = name;
    runtime.state = state;
    return runtime;
}

void ask_both(MadeFacts& made, const char* message_of_cuda) {
    Runtime nvml = made_runtime("nvml", RuntimeState::answered);
    nvml.devices = fact(std::vector<RuntimeDevice>(1), "nvml");
    Runtime cuda = made_runtime("cuda", RuntimeState::refused);
    cuda.message = fact<std::string>(message_of_cuda, "cuda");
    made.machine.runtimes = fact(std::vector{nvml, cuda}, "runtimes");
}

}  // namespace

std::vector<ConditionCase> nvidia_library_cases() {
    return {
        {"TRL-N021", "the driver without libcuda.so.1",
         [](MadeFacts& made) { made.remove_library("libcuda.so.1"); },
         "the same in a container, which may not have the card",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.machine.container.kind = fact(ContainerKind::podman);
         },
         healthy_nvidia_machine},
        {"TRL-N022", "libnvidia-ml.so.1 without nvidia-smi",
         [](MadeFacts& made) { made.set_file("/usr/bin/nvidia-smi", false); }, "neither of the two",
         [](MadeFacts& made) {
             made.set_file("/usr/bin/nvidia-smi", false);
             made.remove_library("libnvidia-ml.so.1");
         },
         healthy_nvidia_machine},
        {"TRL-N023", "LibTorch for CUDA 13 and release 570",
         [](MadeFacts& made) {
             replace_cuda_library(made, "/usr/lib64/libcuda.so.1", "570.172.08");
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.cuda_version = fact<std::string>("13.0", "/opt/libtorch/version.py");
             });
         },
         "LibTorch for CUDA 12.8 and release 570",
         [](MadeFacts& made) {
             replace_cuda_library(made, "/usr/lib64/libcuda.so.1", "570.172.08");
         },
         healthy_nvidia_machine},
        {"TRL-N024", "a GTX 1080 and code from sm_75 on",
         [](MadeFacts& made) { made.set_device_id(0x1b80); },
         "the same card, and code for compute_50 that the driver translates",
         [](MadeFacts& made) {
             made.set_device_id(0x1b80);
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.gpu_targets = fact(std::vector<std::string>{"sm_75", "compute_50"});
             });
         },
         healthy_nvidia_machine},
        {"TRL-N025", "the first libcuda.so.1 is a stub of the toolkit",
         [](MadeFacts& made) {
             replace_cuda_library(made, "/usr/local/cuda/lib64/stubs/libcuda.so.1", "");
         },
         "the driver's library comes first",
         [](MadeFacts& made) { made.add_library("/usr/local/cuda/lib64/stubs/libcuda.so.1", ""); },
         healthy_nvidia_machine},
        {"TRL-N026", "CUDA_VISIBLE_DEVICES=1 and one card",
         [](MadeFacts& made) { made.set_variable("CUDA_VISIBLE_DEVICES", "1"); },
         "CUDA_VISIBLE_DEVICES=0",
         [](MadeFacts& made) { made.set_variable("CUDA_VISIBLE_DEVICES", "0"); },
         healthy_nvidia_machine},
        {"TRL-N027", "a GeForce and cuda-compat newer than the driver",
         [](MadeFacts& made) {
             replace_cuda_library(made, "/usr/local/cuda/compat/libcuda.so.1", "590.44.01");
         },
         "the same with an L40S",
         [](MadeFacts& made) {
             replace_cuda_library(made, "/usr/local/cuda/compat/libcuda.so.1", "590.44.01");
             set_model(made, "NVIDIA L40S");
         },
         healthy_nvidia_machine},
        {"TRL-N050", "a wheel for CUDA 12.8, and libnvJitLink 12.1 in LD_LIBRARY_PATH",
         [](MadeFacts& made) { put_first(made, "12.1.105"); }, "libnvJitLink 12.9",
         [](MadeFacts& made) { put_first(made, "12.9.86"); }, healthy_nvidia_machine},
        {"TRL-N050", "a wheel with cuDNN 9.10, and cuDNN 9.1 in LD_LIBRARY_PATH",
         [](MadeFacts& made) { put_cudnn_first(made, "9.1.0"); }, "cuDNN 9.13",
         [](MadeFacts& made) { put_cudnn_first(made, "9.13.0"); }, healthy_nvidia_machine},
        {"TRL-N050", "libnvJitLink 12.4", [](MadeFacts& made) { put_first(made, "12.4.127"); },
         "an unpacked archive, which has its libraries in one folder",
         [](MadeFacts& made) {
             put_first(made, "12.4.127");
             made.set_libtorch([](LibTorch& libtorch) { libtorch.folder = "/opt/libtorch/lib"; });
         },
         healthy_nvidia_machine},
        {"TRL-N051", "WSL with the CUDA library of a Linux driver",
         [](MadeFacts& made) { made.add_node("/dev/dxg"); },
         "WSL with the library that Windows provides",
         [](MadeFacts& made) {
             made.add_node("/dev/dxg");
             replace_cuda_library(made, "/usr/lib/wsl/lib/libcuda.so.1", "1.1");
         },
         healthy_nvidia_machine},
        {"TRL-N030", "Fedora's LibTorch, for ROCm",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.flavour = fact<std::string>("rocm", "/usr/lib64/libtorch_hip.so");
             });
         },
         "a second LibTorch, for CUDA",
         [](MadeFacts& made) {
             LibTorch second = made.machine.libtorch->front();
             second.flavour = fact<std::string>("cpu");
             made.machine.libtorch =
                 fact(std::vector{second, made.machine.libtorch->front()}, "/usr/lib");
         },
         healthy_nvidia_machine},
        {"TRL-N033", "CUDA is not ready yet",
         [](MadeFacts& made) { ask_both(made, "CUDA_ERROR_SYSTEM_NOT_READY (CUDA error 802)"); },
         "CUDA has no device",
         [](MadeFacts& made) { ask_both(made, "CUDA_ERROR_NO_DEVICE (CUDA error 100)"); },
         healthy_nvidia_machine},
        {"TRL-N031", "NVML lists a card, and CUDA has no device",
         [](MadeFacts& made) { ask_both(made, "CUDA_ERROR_NO_DEVICE (CUDA error 100)"); },
         "CUDA is not ready yet",
         [](MadeFacts& made) { ask_both(made, "CUDA_ERROR_SYSTEM_NOT_READY (CUDA error 802)"); },
         healthy_nvidia_machine},
    };
}

}  // namespace trilby::testing
