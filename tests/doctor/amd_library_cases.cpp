// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void add_processor_graphics(MadeFacts& made) {
    add_like_first<KfdNode>(made.machine.kfd_nodes, [](KfdNode& node) {
        node.number = 2;
        node.gfx_target = fact<std::string>("gfx1036", "/made/nodes/2/properties");
        node.pci_address = fact<std::string>("0000:12:00.0");
    });
}

void make_gfx1031(MadeFacts& made) {
    made.set_kfd_node([](KfdNode& node) {
        node.gfx_target = fact<std::string>("gfx1031", "/made/nodes/1/properties");
    });
}

void make_gfx1103(MadeFacts& made) {
    made.set_kfd_node([](KfdNode& node) {
        node.gfx_target = fact<std::string>("gfx1103", "/made/nodes/1/properties");
    });
}

void add_gfx1032(MadeFacts& made) {
    add_like_first<KfdNode>(made.machine.kfd_nodes, [](KfdNode& node) {
        node.number = 2;
        node.gfx_target = fact<std::string>("gfx1032", "/made/nodes/2/properties");
        node.pci_address = fact<std::string>("0000:06:00.0");
    });
}

/// A GPU of gfx906, with one data file of rocBLAS in /opt/rocm.
void use_packages_of_amd(MadeFacts& made, const char* file) {
    made.set_kfd_node([](KfdNode& node) {
        node.gfx_target = fact<std::string>("gfx906", "/made/nodes/1/properties");
    });
    made.machine.environment.rocblas_files =
        fact(std::vector<std::string>{file}, "/opt/rocm/lib/rocblas/library");
}

/// A wheel in a virtual environment, whose rocBLAS has data for one target.
void use_wheel_with_data_for(MadeFacts& made, const char* target) {
    LibTorch libtorch = made.machine.libtorch->front();
    libtorch.folder = "/home/user/torch/lib/python3.14/site-packages/torch/lib";
    libtorch.rocblas_targets =
        fact(std::vector<std::string>{target}, libtorch.folder + "/rocblas/library");
    made.machine.libtorch = fact(std::vector{libtorch}, "/usr/lib");
}

void build_for(MadeFacts& made, std::vector<std::string> targets) {
    LibTorch libtorch = made.machine.libtorch->front();
    libtorch.gpu_targets = fact(std::move(targets), libtorch.folder + "/libtorch_hip.so");
    made.machine.libtorch = fact(std::vector{libtorch}, "/usr/lib");
}

void build_for_cuda(MadeFacts& made) {
    made.set_libtorch([](LibTorch& libtorch) {
        libtorch.flavour = fact<std::string>("cuda", libtorch.folder + "/libtorch_cuda.so");
        libtorch.foreign_hip = missing<std::string>();
        libtorch.gpu_targets = fact(std::vector<std::string>{"sm_90"});
    });
}

void answer(MadeFacts& made, const std::vector<RuntimeDevice>& devices) {
    Runtime hip;
    hip.name = "hip";
    hip.state = RuntimeState::answered;
    hip.devices = fact(devices, "hip");
    made.machine.runtimes = fact(std::vector{hip}, "runtimes");
}

std::vector<ConditionCase> code_cases() {
    return {
        {"TRL-A030", "code for gfx90a and gfx1201, a GPU of gfx1100",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.gpu_targets = fact(std::vector<std::string>{"gfx90a", "gfx1201"});
             });
         },
         "code for gfx11-generic",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.gpu_targets = fact(std::vector<std::string>{"gfx90a", "gfx11-generic"});
             });
         },
         healthy_amd_machine},
        {"TRL-A050", "code for gfx1030, a GPU of gfx1031", make_gfx1031,
         "the same, with HSA_OVERRIDE_GFX_VERSION=10.3.0",
         [](MadeFacts& made) {
             make_gfx1031(made);
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "10.3.0");
         },
         healthy_amd_machine},
        {"TRL-A049", "Fedora's LibTorch with code for gfx1151 only",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.gpu_targets = fact(std::vector<std::string>{"gfx1151"});
             });
         },
         "on a GPU of gfx1151",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.gpu_targets = fact(std::vector<std::string>{"gfx1151"});
             });
             made.set_kfd_node(
                 [](KfdNode& node) { node.gfx_target = fact<std::string>("gfx1151"); });
         },
         healthy_amd_machine},
        {"TRL-A031", "rocBLAS data for gfx1151 only",
         [](MadeFacts& made) {
             made.machine.environment.rocblas_files =
                 fact(std::vector<std::string>{"TensileLibrary_lazy_gfx1151.dat"},
                      "/usr/lib64/rocblas/library");
         },
         "data for gfx11-generic",
         [](MadeFacts& made) {
             made.machine.environment.rocblas_files =
                 fact(std::vector<std::string>{"TensileLibrary_lazy_gfx11-generic.dat"},
                      "/usr/lib64/rocblas/library");
         },
         healthy_amd_machine},
        {"TRL-A032", "hipBLASLt is requested, but has data for gfx942 only",
         [](MadeFacts& made) {
             made.set_variable("TORCH_BLAS_PREFER_HIPBLASLT", "1");
             made.machine.environment.hipblaslt_files =
                 fact(std::vector<std::string>{"TensileLibrary_lazy_gfx942.dat"},
                      "/usr/lib64/hipblaslt/library");
         },
         "it is not requested",
         [](MadeFacts& made) {
             made.set_variable("TORCH_BLAS_PREFER_HIPBLASLT", "0");
             made.machine.environment.hipblaslt_files =
                 fact(std::vector<std::string>{"TensileLibrary_lazy_gfx942.dat"},
                      "/usr/lib64/hipblaslt/library");
         },
         healthy_amd_machine},
        {"TRL-A042", "a LibTorch for CUDA", build_for_cuda,
         "a LibTorch for CUDA and an NVIDIA card",
         [](MadeFacts& made) {
             build_for_cuda(made);
             add_like_first<PciDevice>(made.machine.pci_devices, [](PciDevice& device) {
                 device.vendor_id = fact<std::uint16_t>(0x10de);
                 device.driver = fact<std::string>("nouveau");
             });
         },
         healthy_amd_machine},
    };
}

std::vector<ConditionCase> runtime_cases() {
    return {
        {"TRL-A037", "/opt/rocm before /usr/lib64",
         [](MadeFacts& made) {
             made.remove_library("libhsa-runtime64.so.1");
             made.add_library("/opt/rocm/lib/libhsa-runtime64.so.1", "1.18.0");
             made.add_library("/usr/lib64/libhsa-runtime64.so.1", "1.15.0");
         },
         "/opt/rocm after /usr/lib64",
         [](MadeFacts& made) { made.add_library("/opt/rocm/lib/libhsa-runtime64.so.1", "1.18.0"); },
         healthy_amd_machine},
        {"TRL-A039", "libamdhip64.so.7 instead of .6",
         [](MadeFacts& made) {
             made.remove_library("libamdhip64.so.6");
             made.add_library("/usr/lib64/libamdhip64.so.7", "7.1.0");
         },
         "both", [](MadeFacts& made) { made.add_library("/usr/lib64/libamdhip64.so.7", "7.1.0"); },
         healthy_amd_machine},
        {"TRL-A039", "libamdhip64.so.10 instead of .6",
         [](MadeFacts& made) {
             made.remove_library("libamdhip64.so.6");
             made.add_library("/usr/lib64/libamdhip64.so.10", "10.0.1");
         },
         "a LibTorch for libamdhip64.so.11, which the probe does not look for",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.foreign_hip = fact<std::string>("libamdhip64.so.11", "/made");
             });
         },
         healthy_amd_machine},
        {"TRL-A040", "a LibTorch for libamdhip64.so.10, which is missing",
         [](MadeFacts& made) {
             made.remove_library("libamdhip64.so.6");
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.foreign_hip = fact<std::string>("libamdhip64.so.10", "/made");
             });
         },
         "a LibTorch for libamdhip64.so.11, which the probe does not look for",
         [](MadeFacts& made) {
             made.remove_library("libamdhip64.so.6");
             made.set_libtorch([](LibTorch& libtorch) {
                 libtorch.foreign_hip = fact<std::string>("libamdhip64.so.11", "/made");
             });
         },
         healthy_amd_machine},
        {"TRL-A040", "no libamdhip64.so",
         [](MadeFacts& made) { made.remove_library("libamdhip64.so.6"); },
         "no libamdhip64.so, but a LibTorch that includes it",
         [](MadeFacts& made) {
             made.remove_library("libamdhip64.so.6");
             made.set_libtorch(
                 [](LibTorch& libtorch) { libtorch.foreign_hip = missing<std::string>(); });
         },
         healthy_amd_machine},
        {"TRL-A045", "HIP reports no device", [](MadeFacts& made) { answer(made, {}); },
         "HIP reports one device", [](MadeFacts& made) { answer(made, {RuntimeDevice()}); },
         healthy_amd_machine},
    };
}

std::vector<ConditionCase> environment_cases() {
    return {
        {"TRL-A033", "gfx1100 with its own code, overridden to gfx1030",
         [](MadeFacts& made) { made.set_variable("HSA_OVERRIDE_GFX_VERSION", "10.3.0"); },
         "gfx1031 overridden to gfx1030",
         [](MadeFacts& made) {
             make_gfx1031(made);
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "10.3.0");
         },
         healthy_amd_machine},
        {"TRL-A033", "gfx1151 overridden to gfx1100, with code for gfx11-generic",
         [](MadeFacts& made) {
             build_for(made, {"gfx11-generic"});
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "11.0.0");
         },
         "overridden to gfx1151",
         [](MadeFacts& made) { made.set_variable("HSA_OVERRIDE_GFX_VERSION", "11.5.1"); },
         healthy_strix_halo},
        {"TRL-A033", "gfx1031 with its own code, overridden to gfx1030",
         [](MadeFacts& made) {
             make_gfx1031(made);
             build_for(made, {"gfx1030", "gfx1031"});
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "10.3.0");
         },
         "the code is for gfx10-3-generic, which includes both",
         [](MadeFacts& made) {
             make_gfx1031(made);
             build_for(made, {"gfx10-3-generic"});
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "10.3.0");
         },
         healthy_amd_machine},
        {"TRL-A033", "gfx1103 overridden to gfx1100, without code of its own",
         [](MadeFacts& made) {
             make_gfx1103(made);
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "11.0.0");
         },
         "overridden to gfx1102",
         [](MadeFacts& made) {
             make_gfx1103(made);
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "11.0.2");
         },
         healthy_amd_machine},
        {"TRL-A033", "node 1 is gfx1100 and overridden to gfx1030",
         [](MadeFacts& made) { made.set_variable("HSA_OVERRIDE_GFX_VERSION_1", "10.3.0"); },
         "only node 2 is overridden",
         [](MadeFacts& made) { made.set_variable("HSA_OVERRIDE_GFX_VERSION_2", "10.3.0"); },
         healthy_amd_machine},
        {"TRL-A060", "gfx1100 and gfx1032, both overridden to gfx1030",
         [](MadeFacts& made) {
             add_gfx1032(made);
             made.set_variable("HSA_OVERRIDE_GFX_VERSION", "10.3.0");
         },
         "only gfx1032 is overridden",
         [](MadeFacts& made) {
             add_gfx1032(made);
             made.set_variable("HSA_OVERRIDE_GFX_VERSION_2", "10.3.0");
         },
         healthy_amd_machine},
        {"TRL-A050", "gfx1031 without code, and node 2 is overridden",
         [](MadeFacts& made) {
             make_gfx1031(made);
             build_for(made, {"gfx1030"});
             made.set_variable("HSA_OVERRIDE_GFX_VERSION_2", "10.3.0");
         },
         "node 1 is overridden",
         [](MadeFacts& made) {
             make_gfx1031(made);
             build_for(made, {"gfx1030"});
             made.set_variable("HSA_OVERRIDE_GFX_VERSION_1", "10.3.0");
         },
         healthy_amd_machine},
        {"TRL-A062", "AMD's packages without data for gfx906, and no LibTorch",
         [](MadeFacts& made) {
             use_packages_of_amd(made, "TensileLibrary_lazy_gfx90a.dat");
             made.machine.libtorch = fact(std::vector<LibTorch>(), "/usr/lib");
         },
         "the same with a wheel for ROCm",
         [](MadeFacts& made) {
             use_packages_of_amd(made, "TensileLibrary_lazy_gfx90a.dat");
             made.set_libtorch([](LibTorch& libtorch) { libtorch.folder = "/home/user/lib"; });
         },
         healthy_amd_machine},
        {"TRL-A062", "a wheel with code for gfx1100, whose rocBLAS has data for gfx1030",
         [](MadeFacts& made) { use_wheel_with_data_for(made, "gfx1030"); },
         "whose rocBLAS has data for gfx11-generic",
         [](MadeFacts& made) { use_wheel_with_data_for(made, "gfx11-generic"); },
         healthy_amd_machine},
        {"TRL-A062", "the rocBLAS of the only wheel has no data for gfx1100",
         [](MadeFacts& made) { use_wheel_with_data_for(made, "gfx1030"); }, "a second wheel has it",
         [](MadeFacts& made) {
             use_wheel_with_data_for(made, "gfx1030");
             add_like_first<LibTorch>(made.machine.libtorch, [](LibTorch& libtorch) {
                 libtorch.rocblas_targets = fact(std::vector<std::string>{"gfx1100"});
             });
         },
         healthy_amd_machine},
        {"TRL-A062", "data for gfx90a only",
         [](MadeFacts& made) {
             use_packages_of_amd(made, "TensileLibrary_lazy_gfx90a.dat");
             made.machine.libtorch = fact(std::vector<LibTorch>(), "/usr/lib");
         },
         "data for gfx906",
         [](MadeFacts& made) {
             use_packages_of_amd(made, "TensileLibrary_lazy_gfx906.dat");
             made.machine.libtorch = fact(std::vector<LibTorch>(), "/usr/lib");
         },
         healthy_amd_machine},
        {"TRL-A062", "no data for gfx1103",
         [](MadeFacts& made) {
             use_packages_of_amd(made, "TensileLibrary_lazy_gfx90a.dat");
             make_gfx1103(made);
             made.machine.libtorch = fact(std::vector<LibTorch>(), "/usr/lib");
         },
         "data for gfx1103",
         [](MadeFacts& made) {
             use_packages_of_amd(made, "TensileLibrary_lazy_gfx1103.dat");
             make_gfx1103(made);
             made.machine.libtorch = fact(std::vector<LibTorch>(), "/usr/lib");
         },
         healthy_amd_machine},
        {"TRL-A035", "gfx1036 beside gfx1100", add_processor_graphics,
         "the same with ROCR_VISIBLE_DEVICES=0",
         [](MadeFacts& made) {
             add_processor_graphics(made);
             made.set_variable("ROCR_VISIBLE_DEVICES", "0");
         },
         healthy_amd_machine},
        {"TRL-A036", "HIP_VISIBLE_DEVICES=1 and one GPU",
         [](MadeFacts& made) { made.set_variable("HIP_VISIBLE_DEVICES", "1"); },
         "an empty HIP_VISIBLE_DEVICES, which HIP ignores",
         [](MadeFacts& made) { made.set_variable("HIP_VISIBLE_DEVICES", ""); },
         healthy_amd_machine},
        {"TRL-A038", "the module rocm/gfx9 and gfx1100",
         [](MadeFacts& made) { made.set_variable("LOADEDMODULES", "mpi/openmpi:rocm/gfx9"); },
         "the module rocm/gfx11 and gfx1100",
         [](MadeFacts& made) { made.set_variable("LOADEDMODULES", "mpi/openmpi:rocm/gfx11"); },
         healthy_amd_machine},
    };
}

}  // namespace

std::vector<ConditionCase> amd_library_cases() {
    std::vector<ConditionCase> all = code_cases();
    for (const auto& cases : {runtime_cases(), environment_cases()}) {
        all.insert(all.end(), cases.begin(), cases.end());
    }
    return all;
}

}  // namespace trilby::testing
