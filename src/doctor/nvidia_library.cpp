// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Why programs cannot use an NVIDIA card whose driver works.

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "doctor/nvidia.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby::doctor {
namespace {

const LibraryFile* first_cuda_library(const Machine& machine) {
    return library(machine, "libcuda.so.1");
}

Evidence no_cuda_library(const Facts& facts) {
    const auto cards = working_nvidia_cards(facts.machine);
    const bool is_missing = is_library_missing(facts.machine, "libcuda.so.1");
    return !cards.empty() && is_missing && !is_in_container(facts.machine)
               ? Evidence(std::vector{
                     bound_to(*cards.front()),
                     fmt::format("no folder of the loader has libcuda.so.1 (looked in those of {} "
                                 "and the system's)",
                                 printable(facts.machine.libraries.source(), 256))})
               : std::nullopt;
}

Evidence no_nvidia_smi(const Facts& facts) {
    const LibraryFile* nvml = nvidia_library(facts.machine, "libnvidia-ml.so.1");
    const bool is_host =
        !is_in_container(facts.machine) && loaded_driver(facts.machine, "nvidia") != nullptr;
    return is_host && nvml != nullptr && is_no_file(facts.around, "/usr/bin/nvidia-smi")
               ? found(fmt::format("{} is there, and /usr/bin/nvidia-smi is not",
                                   printable(nvml->path, 256)))
               : std::nullopt;
}

std::vector<const LibTorch*> libtorchs_for_cuda(const Machine& machine) {
    std::vector<const LibTorch*> found;
    if (machine.libtorch) {
        for (const LibTorch& libtorch : *machine.libtorch) {
            if (libtorch.flavour.value_or("") == "cuda") {
                found.push_back(&libtorch);
            }
        }
    }
    return found;
}

struct NeededDriver {
    std::uint32_t cuda;    ///< major version of the toolkit
    std::uint32_t driver;  ///< oldest major version that has what it needs
};
constexpr std::array needed_drivers{NeededDriver{11, 450}, NeededDriver{12, 525},
                                    NeededDriver{13, 580}};

/// The major version of the driver that a LibTorch needs; nothing if it does not tell.
std::optional<std::uint32_t> needed_driver(const LibTorch& libtorch) {
    const std::uint32_t cuda = major_version(libtorch.cuda_version.value_or(""));
    const auto* needed = std::ranges::find(needed_drivers, cuda, &NeededDriver::cuda);
    return needed == needed_drivers.end() ? std::nullopt : std::optional(needed->driver);
}

Evidence driver_too_old(const Facts& facts) {
    const LibraryFile* cuda = nvidia_library(facts.machine, "libcuda.so.1");
    const auto libtorchs = libtorchs_for_cuda(facts.machine);
    if (cuda == nullptr || cuda != first_cuda_library(facts.machine) ||
        working_nvidia_cards(facts.machine).empty()) {
        return std::nullopt;
    }
    const bool is_too_old_for_all =
        !libtorchs.empty() && std::ranges::all_of(libtorchs, [&](const LibTorch* libtorch) {
            return needed_driver(*libtorch).value_or(0) > major_version(*cuda->version);
        });
    if (!is_too_old_for_all) {
        return std::nullopt;
    }
    std::vector lines{fmt::format("{} is of release {}", printable(cuda->path, 256),
                                  printable(*cuda->version, 64))};
    for (const LibTorch* libtorch : libtorchs) {
        lines.push_back(fmt::format(
            "the LibTorch in {} was built with CUDA {}, which needs "
            "release {} ({})",
            printable(libtorch->folder, 256), printable(*libtorch->cuda_version, 32),
            *needed_driver(*libtorch), printable(libtorch->cuda_version.source(), 256)));
    }
    return lines;
}

/// "sm_89" of a card: what CUDA or NVML said of it, if asked, else by its number.
std::string target_of(const Machine& machine, const PciDevice& card) {
    for (const char* name : {"cuda", "nvml"}) {
        const Runtime* asked = runtime(machine, name);
        if (asked == nullptr || !asked->devices) {
            continue;
        }
        for (const RuntimeDevice& device : *asked->devices) {
            if (device.pci_address.value_or("") == card.address && device.architecture) {
                std::string number = *device.architecture;
                std::erase(number, '.');
                return "sm_" + number;
            }
        }
    }
    const auto capability = nvidia_capability(card);
    return capability ? fmt::format("sm_{}", *capability) : std::string();
}

bool has_code_for(const LibTorch& libtorch, const std::string& target) {
    return !libtorch.gpu_targets || libtorch.gpu_targets->empty() ||
           std::ranges::any_of(*libtorch.gpu_targets, [&](const std::string& code) {
               return target_runs_on(code, target);
           });
}

Evidence no_code_for_card(const Facts& facts) {
    const auto cards = working_nvidia_cards(facts.machine);
    const auto libtorchs = libtorchs_for_cuda(facts.machine);
    if (cards.empty() || libtorchs.empty()) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const PciDevice* card : cards) {
        const std::string target = target_of(facts.machine, *card);
        const bool has_any = std::ranges::any_of(
            libtorchs, [&](const LibTorch* libtorch) { return has_code_for(*libtorch, target); });
        // One card that works is what a person computes with.
        if (target.empty() || has_any) {
            return std::nullopt;
        }
        lines.push_back(fmt::format("{} needs code for {}", describe(*card), target));
    }
    for (const LibTorch* libtorch : libtorchs) {
        lines.push_back(
            fmt::format("the LibTorch in {} has code for {} ({})", printable(libtorch->folder, 256),
                        printable(fmt::format("{}", fmt::join(*libtorch->gpu_targets, ", ")), 256),
                        printable(libtorch->gpu_targets.source(), 256)));
    }
    return lines;
}

Evidence stub_library(const Facts& facts) {
    const LibraryFile* cuda = first_cuda_library(facts.machine);
    if (has_said(facts.machine, "cuda", "(CUDA error 34)")) {
        return found(quote_message(*runtime(facts.machine, "cuda")));
    }
    return cuda != nullptr && cuda->path.find("/stubs/") != std::string::npos
               ? found(fmt::format("{} is the first libcuda.so.1 that the loader finds",
                                   printable(cuda->path, 256)))
               : std::nullopt;
}

/// Cards that an index may name; nothing where it depends on how they are divided.
std::optional<std::size_t> countable_cards(const Machine& machine) {
    if (!machine.nvidia_gpus || machine.nvidia_gpus->empty()) {
        return std::nullopt;
    }
    const bool is_divided = std::ranges::any_of(*machine.nvidia_gpus, [](const NvidiaGpu& gpu) {
        return !gpu.mig_instances.value_or({}).empty();
    });
    return is_divided ? std::nullopt : std::optional(machine.nvidia_gpus->size());
}

/// CUDA takes the entries of the list up to the first that names no card.
Evidence hidden_cards(const Facts& facts) {
    const auto visible = facts.around.variable("CUDA_VISIBLE_DEVICES");
    const auto count = countable_cards(facts.machine);
    if (!visible || !count || working_nvidia_cards(facts.machine).empty()) {
        return std::nullopt;
    }
    const std::string_view list = trim(*visible);
    if (list.empty() || list == "NoDevFiles") {
        return found(quote(visible));
    }
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const auto index = parse_number<std::int64_t>(trim(list.substr(begin, end - begin)));
        begin = end + 1;
        // Others are identifiers, which are not read.
        if (!index) {
            return std::nullopt;
        }
        if (*index < 0 || *index >= static_cast<std::int64_t>(*count)) {
            return found(fmt::format("{}, where cards 0 to {} exist ({})", quote(visible),
                                     *count - 1,
                                     printable(facts.machine.nvidia_gpus.source(), 256)));
        }
    }
    return std::nullopt;
}

bool are_all_geforce(const Machine& machine) {
    return machine.nvidia_gpus && !machine.nvidia_gpus->empty() &&
           std::ranges::all_of(*machine.nvidia_gpus, [](const NvidiaGpu& gpu) {
               return gpu.model.value_or("").find("GeForce") != std::string::npos;
           });
}

Evidence compatibility_library(const Facts& facts) {
    if (has_said(facts.machine, "cuda", "(CUDA error 804)")) {
        return found(quote_message(*runtime(facts.machine, "cuda")));
    }
    const LibraryFile* cuda = nvidia_library(facts.machine, "libcuda.so.1");
    const auto* driver = loaded_nvidia_version(facts.machine);
    const bool is_newer =
        cuda != nullptr && driver != nullptr && cuda == first_cuda_library(facts.machine) &&
        is_compatibility_library(*cuda) && compare_versions(*cuda->version, **driver) > 0;
    return is_newer && are_all_geforce(facts.machine)
               ? Evidence(std::vector{fmt::format("{} is of release {}", printable(cuda->path, 256),
                                                  printable(*cuda->version, 64)),
                                      quote(*driver),
                                      quote(facts.machine.nvidia_gpus->front().model)})
               : std::nullopt;
}

bool has_usable_rocm(const Machine& machine) {
    return has_bound_device(machine, amd, "amdgpu") &&
           std::ranges::any_of(machine.libtorch.value_or({}), [](const LibTorch& libtorch) {
               return libtorch.flavour.value_or("") == "rocm";
           });
}

Evidence no_libtorch_for_cuda(const Facts& facts) {
    const auto cards = working_nvidia_cards(facts.machine);
    const auto& libtorchs = facts.machine.libtorch;
    if (cards.empty() || !libtorchs || libtorchs->empty() || has_usable_rocm(facts.machine)) {
        return std::nullopt;
    }
    std::vector lines{bound_to(*cards.front())};
    for (const LibTorch& libtorch : *libtorchs) {
        const std::string flavour = libtorch.flavour.value_or("cuda");
        if (flavour == "cuda") {
            return std::nullopt;
        }
        lines.push_back(fmt::format("the LibTorch in {} is one for {} ({})",
                                    printable(libtorch.folder, 256), printable(flavour, 32),
                                    printable(libtorch.flavour.source(), 256)));
    }
    return lines;
}

Evidence not_ready(const Facts& facts) {
    return has_said(facts.machine, "cuda", "(CUDA error 802)")
               ? found(quote_message(*runtime(facts.machine, "cuda")))
               : std::nullopt;
}

Evidence cuda_sees_nothing(const Facts& facts) {
    const Runtime* nvml = runtime(facts.machine, "nvml");
    const bool has_devices = nvml != nullptr && nvml->state == RuntimeState::answered &&
                             !nvml->devices.value_or({}).empty();
    return has_devices && has_said(facts.machine, "cuda", "(CUDA error 100)")
               ? Evidence(std::vector{quote_message(*runtime(facts.machine, "cuda")),
                                      fmt::format("nvml: {} devices", nvml->devices->size())})
               : std::nullopt;
}

constexpr std::string_view wheel_for_card =
    "python3 -m venv ~/.local/share/torch\n"
    "For a card from GeForce RTX 20 on: ~/.local/share/torch/bin/pip install torch --index-url "
    "https://download.pytorch.org/whl/cu128\n"
    "For an older card: ~/.local/share/torch/bin/pip install torch --index-url "
    "https://download.pytorch.org/whl/cu126\n"
    "So that it is found: export VIRTUAL_ENV=~/.local/share/torch";

constexpr std::string_view newer_driver_or_earlier_cuda =
    "On the host: update NVIDIA's driver, and restart.\n"
    "Or install a LibTorch that was built with an earlier CUDA: pip install torch --index-url "
    "https://download.pytorch.org/whl/cu126";

constexpr std::array<std::string_view, 4> library_causes{"TRL-N001", "TRL-N002", "TRL-N004",
                                                         "TRL-C026"};
constexpr std::array<std::string_view, 1> smi_causes{"TRL-N010"};
constexpr std::array<std::string_view, 2> old_driver_causes{"TRL-N010", "TRL-N027"};
constexpr std::array<std::string_view, 5> nothing_causes{"TRL-N010", "TRL-N014", "TRL-N025",
                                                         "TRL-N026", "TRL-N016"};

constexpr std::array conditions{
    Condition{
        .id = "TRL-N021",
        .severity = Severity::blocks,
        .title = "NVIDIA's driver works, and its CUDA library is not installed",
        .why = "Every program that computes with CUDA begins with loading libcuda.so.1.",
        .details =
            "libcuda.so.1 is a part of the driver and not of the CUDA toolkit; nothing that is "
            "installed with pip brings it. RPM Fusion has it in xorg-x11-drv-nvidia-cuda-libs, "
            "apart from what the desktop needs. Without it the desktop works and LibTorch says "
            "that there is no NVIDIA driver; Toolbx and container engines stop with an error "
            "instead of handing the card over.\n\n"
            "It is recognized by a card that is bound to the driver nvidia, and by the loader's "
            "folders.",
        .remedy = {.any = "Install the driver's library for CUDA, of the same release as the "
                          "driver.",
                   .fedora = "sudo dnf install xorg-x11-drv-nvidia-cuda\n"
                             "With NVIDIA's or negativo17's packages instead: sudo dnf install "
                             "nvidia-driver-cuda",
                   .atomic = "rpm-ostree install xorg-x11-drv-nvidia-cuda\n"
                             "systemctl reboot",
                   .toolbx = "On the host, install xorg-x11-drv-nvidia-cuda.\n"
                             "On the host, with this container's name: podman stop NAME\n"
                             "Enter it again.",
                   .debian = "On Debian: sudo apt install libcuda1\n"
                             "On Ubuntu: sudo ubuntu-drivers install"},
        .place = Place::host,
        .causes = library_causes,
        .find = no_cuda_library},
    Condition{
        .id = "TRL-N022",
        .severity = Severity::hint,
        .title = "nvidia-smi is not installed, though its library is",
        .why = "RamaLama, and the service that writes container specifications, look for it to "
               "tell whether there is a card.",
        .details =
            "nvidia-smi is a program of the driver that shows its cards. Computing does not need "
            "it. nvidia-cdi-refresh.service runs only if it is there, and RamaLama takes a machine "
            "without it for one without an NVIDIA card.\n\n"
            "It is recognized by libnvidia-ml.so.1, which it shows the answers of, on a host that "
            "lacks /usr/bin/nvidia-smi.",
        .remedy = {.any = "Install nvidia-smi, which is a part of the driver.",
                   .fedora = "sudo dnf install xorg-x11-drv-nvidia-cuda",
                   .atomic = "rpm-ostree install xorg-x11-drv-nvidia-cuda\n"
                             "systemctl reboot",
                   .debian = "On Debian: sudo apt install nvidia-smi"},
        .place = Place::host,
        .causes = smi_causes,
        .find = no_nvidia_smi},
    Condition{
        .id = "TRL-N023",
        .severity = Severity::blocks,
        .title = "NVIDIA's driver is too old for the CUDA that LibTorch was built with",
        .why = "LibTorch refuses to start the card: \"the NVIDIA driver on your system is too "
               "old\".",
        .details =
            "A driver runs programs of every earlier CUDA and of later ones with the same major "
            "version. CUDA 11 needs release 450 or later, CUDA 12 release 525, CUDA 13 release "
            "580.\n\n"
            "It is recognized by the release of libcuda.so.1 and by the version in LibTorch's "
            "version.py; only if no LibTorch for CUDA was built with one that the driver knows.",
        .remedy = {.any = "Update NVIDIA's driver and restart.\n"
                          "Or install a LibTorch that was built with an earlier CUDA: pip install "
                          "torch --index-url https://download.pytorch.org/whl/cu126",
                   .fedora = "sudo dnf upgrade --refresh 'akmod-nvidia*' 'xorg-x11-drv-nvidia*'\n"
                             "sudo systemctl reboot\n"
                             "Or install a LibTorch that was built with an earlier CUDA: pip "
                             "install torch --index-url https://download.pytorch.org/whl/cu126",
                   .atomic = "rpm-ostree upgrade\n"
                             "systemctl reboot",
                   .toolbx = newer_driver_or_earlier_cuda,
                   .container = newer_driver_or_earlier_cuda},
        .place = Place::host,
        .causes = old_driver_causes,
        .find = driver_too_old},
    Condition{
        .id = "TRL-N024",
        .severity = Severity::blocks,
        .title = "LibTorch has no code for this NVIDIA card",
        .why = "The first computation ends with \"no kernel image is available for execution on "
               "the device\".",
        .details =
            "A build of LibTorch holds machine code for some generations of cards (sm_80, sm_90, "
            "...), and sometimes code that the driver translates for later ones (compute_90). "
            "PyTorch's wheels for CUDA 12.6 reach from Maxwell (sm_50) to Hopper (sm_90), those "
            "for CUDA 12.8 and later from Turing (sm_75) or Volta to Blackwell (sm_120).\n\n"
            "It is recognized by the code inside libtorch_cuda.so and by the compute capability of "
            "the cards, which follows from their PCI numbers; only if no card can be used by any "
            "LibTorch for CUDA that was found.",
        .remedy = {.any = wheel_for_card},
        .find = no_code_for_card},
    Condition{
        .id = "TRL-N025",
        .severity = Severity::blocks,
        .title = "The loader finds a stub in the place of NVIDIA's CUDA library",
        .why = "A stub has the names of the functions and does nothing, so that CUDA does not "
               "start.",
        .details =
            "The CUDA toolkit has a folder lib64/stubs with an empty libcuda, so that programs can "
            "be linked on machines without a card. If it is in LD_LIBRARY_PATH while they run, "
            "the loader takes it, and cuInit ends with error 34 (CUDA_ERROR_STUB_LIBRARY).\n\n"
            "It is recognized by the folder of the first libcuda.so.1, or by CUDA's answer if it "
            "was asked.",
        .remedy = {.any = "echo \"$LD_LIBRARY_PATH\"\n"
                          "Take the folder that ends in stubs out of LD_LIBRARY_PATH, and out of "
                          "/etc/ld.so.conf.d."},
        .find = stub_library},
    Condition{
        .id = "TRL-N026",
        .severity = Severity::degrades,
        .title = "CUDA_VISIBLE_DEVICES hides cards",
        .why = "CUDA behaves as if the cards that the variable does not name were not there.",
        .details =
            "The variable lists the cards that a program may use, by index or identifier. CUDA "
            "takes the list up to the first entry that names no card, and leaves out the rest: an "
            "empty variable or -1 hides all. Scripts set it to share cards between jobs, or to try "
            "something on the CPU.\n\n"
            "It is recognized by a variable that is empty, or names an index that no card has. "
            "Identifiers, and cards that are divided, are not looked at.",
        .remedy = {.any = "unset CUDA_VISIBLE_DEVICES"},
        .find = hidden_cards},
    Condition{
        .id = "TRL-N027",
        .severity = Severity::blocks,
        .title = "A CUDA library for data center cards is loaded in the driver's place",
        .why = "It refuses GeForce cards, with error 804 (forward compatibility was attempted on "
               "non supported HW).",
        .details =
            "The package cuda-compat has a newer libcuda.so.1 for older drivers, and works with "
            "data center cards only. Images of CUDA have it in /usr/local/cuda/compat, and scripts "
            "add that to LD_LIBRARY_PATH.\n\n"
            "It is recognized by CUDA's answer if it was asked, or by the folder of the first "
            "libcuda.so.1, when that is newer than the driver and every card is a GeForce.",
        .remedy = {.any = "Take the folder compat out of LD_LIBRARY_PATH, and out of "
                          "/etc/ld.so.conf.d.\n"
                          "Or update the driver of the host to a release that knows this CUDA."},
        .find = compatibility_library},
    Condition{
        .id = "TRL-N030",
        .severity = Severity::degrades,
        .title = "No LibTorch for CUDA was found, and there is an NVIDIA card",
        .why = "Training runs on the CPU, and the card stays idle.",
        .details =
            "LibTorch comes in builds for the CPU, for CUDA and for ROCm. That of Fedora "
            "(python3-torch) is for the CPU and AMD cards, that of Debian for the CPU: a "
            "distribution cannot ship what needs CUDA. Those for CUDA are PyTorch's wheels and "
            "archives.\n\n"
            "Trilby looks in the system's folders, in /opt/libtorch, and in what VIRTUAL_ENV, "
            "CONDA_PREFIX and LIBTORCH name. It is recognized by what lies beside "
            "libtorch_cpu.so there.",
        .remedy = {.any = wheel_for_card},
        .find = no_libtorch_for_cuda},
    Condition{
        .id = "TRL-N031",
        .severity = Severity::blocks,
        .title = "NVIDIA's driver lists cards that CUDA does not see",
        .why = "Programs are told that there is no CUDA-capable device.",
        .details =
            "NVML, which nvidia-smi shows, asks the driver for its cards. CUDA opens them, and "
            "leaves out each that it cannot open. In a container some nodes may not have been "
            "handed over; a card may be set to be divided (MIG) and not have been divided. On "
            "systems with NVSwitch it answers otherwise: that is TRL-N033.\n\n"
            "It is recognized by the answers of both, for which they have to be asked: CUDA's is "
            "error 100 (no CUDA-capable device is detected).",
        .remedy = {.any =
                       "ls -l /dev/nvidia*\n"
                       "In a container: create it with --device nvidia.com/gpu=all.\n"
                       "Of divided cards: nvidia-smi -L has to list MIG devices; sudo nvidia-smi "
                       "-mig 0 undoes it."},
        .causes = nothing_causes,
        .find = cuda_sees_nothing},
    Condition{
        .id = "TRL-N033",
        .severity = Severity::blocks,
        .title = "CUDA says that the system is not ready: the fabric manager does not run",
        .why = "Cards that are joined by NVSwitch cannot be used before it has set up the links.",
        .details =
            "Machines such as HGX and DGX join their cards by NVSwitch. The service "
            "nvidia-fabricmanager sets it up at each start; until then CUDA ends with error 802 "
            "(system not yet initialized), although nvidia-smi lists every card. The service "
            "refuses to work with a driver of another release than its own, as after an update of "
            "one of the two.\n\n"
            "It is recognized by CUDA's answer, for which it has to be asked.",
        .remedy = {.any = "sudo systemctl enable --now nvidia-fabricmanager\n"
                          "It has to be of the driver's release.\n"
                          "sudo journalctl -u nvidia-fabricmanager"},
        .place = Place::host,
        .find = not_ready},
};

}  // namespace

std::span<const Condition> nvidia_library_conditions() {
    return conditions;
}

}  // namespace trilby::doctor
