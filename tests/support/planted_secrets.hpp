// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Personal data of many kinds, put into every file that the probe reads and into the names of
/// files and folders where it looks.

#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/made_machine.hpp"

namespace trilby::testing {

struct Secret {
    std::string_view kind;
    std::string_view text;
    std::string_view telling;  ///< the part that must not be recorded, in lower case
};

inline constexpr auto secrets = std::to_array<Secret>({
    {"user name", "lovelace", "lovelace"},
    {"user name in another case", "LoveLace", "lovelace"},
    {"user name joined by an underscore", "gpu_lovelace", "lovelace"},
    {"home that is not in passwd", "/home/heron/venv", "heron"},
    {"home on another disk", "/media/egret/stick", "egret"},
    {"real name", "Ada-Byron", "byron"},
    {"host name", "kite", "kite"},
    {"host name in another case", "KITE-BOX", "kite"},
    {"host name with its domain", "kite.avocet.example", "avocet"},
    {"domain", "corp.plover.example", "plover"},
    {"MAC address with colons", "52:54:00:12:34:56", "52:54:00"},
    {"MAC address with dashes", "52-54-00-12-34-57", "52-54-00"},
    {"MAC address in digits", "525400123458", "525400"},
    {"IPv4 address", "10.20.30.40", "10.20.30"},
    {"IPv4 address with a port", "192.168.7.9:3128", "192.168.7"},
    {"IPv6 address", "fd00:1234:5678::9", "1234:5678"},
    {"IPv6 address of a link", "fe80::5054:1234", "5054:1234"},
    {"token in a URL", "https://sandpiper.example/x?token=hush0hush", "hush0"},
    {"password in a URL", "https://ibis:0penSesam@dunlin.example/r", "0pensesam"},
    {"user in a URL", "ftp://curlew@dunlin.example/r", "curlew"},
    {"key of packages", "file:///etc/pki/rpm-gpg/RPM-GPG-KEY-stork", "stork"},
    {"e-mail address", "crane.wader@rail.example", "wader"},
    {"UUID", "4f2a9c11-77aa-4abc-8def-112233445566", "4f2a9c11"},
    {"UUID of digits", "12345678-1234-1234-1234-123456789012", "123456789012"},
    {"UUID of a GPU", "GPU-5e3c8a77-0b1d-4c2e-9f00-aabbccddeeff", "5e3c8a77"},
    {"short id of an NVIDIA GPU", "GPU-8932f937", "8932f937"},
    {"id of an AMD GPU", "GPU-365628c172834d70", "365628c1"},
    {"serial number of a GPU", "1320319012345", "1320319012345"},
    {"serial number of a board", "PF1A2B3C", "pf1a2b3c"},
    {"id of a pod", "pod7d1f2a3b_77aa_4abc_8def_99aabbccddee", "7d1f2a3b"},
    {"id of a container", "9c0ffee19c0ffee19c0ffee19c0ffee19c0ffee19c0ffee19c0ffee19c0ffee1",
     "9c0ffee1"},
    {"short id of a container", "b7c1d2e3f4a5", "b7c1d2e3"},
    {"name of a container", "stilt-trainer", "stilt"},
    {"image", "registry.godwit.example/redshank/nightly:7", "redshank"},
    {"comment of an SSH key", "AAAAC3NzaC1lZDI1 dotterel@moor", "dotterel"},
    {"name of a wireless network", "Whimbrel-Net", "whimbrel"},
    {"label of a disk", "LABEL=Bittern", "bittern"},
    {"LUKS volume", "luks-0f1e2d3c-1111-2222-3333-444455556666", "0f1e2d3c"},
    {"PARTUUID", "PARTUUID=5f3a2b1c-02", "5f3a2b1c"},
    {"iSCSI name", "iqn.2026-01.example.turnstone:disk", "turnstone"},
    {"NFS server", "nas-phalarope:/export/vol", "phalarope"},
    {"proxy", "http://proxy-knot.example:3128", "knot"},
    {"key for a cloud", "AKIAIOSFODNN7EXAMPLE", "akiaiosfodnn7"},
    {"token of a code host", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16c7e42f"},
    {"token of Kubernetes", "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl", "eyjhbgcioi"},
    {"namespace of Kubernetes", "team-lapwing", "lapwing"},
    {"name of a virtual machine", "vm-oystercatcher-01", "oystercatcher"},
    {"name in another script", "\xc3\xa4lster", "lster"},
});

/// Every kind of file that the probe reads, with harmless content.
inline const std::vector<std::pair<std::string, std::string>>& read_files() {
    static const std::string card = "sys/devices/pci0000:00/0000:01:00.0/";
    static const std::string torch = "usr/lib64/python3.14/site-packages/torch/";
    static const std::vector<std::pair<std::string, std::string>> files{
        {"proc/cmdline", "pci=realloc"},
        {"proc/cpuinfo", "processor : 0\nvendor_id : GenuineIntel\nmodel name : CPU\n"},
        {"proc/meminfo", "MemTotal: 1000 kB\n"},
        {"proc/devices", "509 nvidia-uvm\n"},
        {"proc/swaps", "Filename Type\n/dev/zram0 partition\n"},
        {"proc/self/cgroup", "0::/user.slice\n"},
        {"proc/self/attr/current", "unconfined_u:unconfined_r:unconfined_t:s0\n"},
        {"proc/sys/kernel/osrelease", "6.17.5-300.fc43.x86_64\n"},
        {"proc/sys/kernel/arch", "x86_64\n"},
        {"proc/device-tree/compatible", "apple,arm-platform"},
        {"proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 580.95.05\n"},
        {"proc/driver/nvidia/gpus/0000:01:00.0/information", "Device Minor: 0\n"},
        {"run/.containerenv", "engine=\"podman\"\n"},
        {"run/host/etc/os-release", "ID=fedora\n"},
        {"run/host/etc/ld.so.conf.d/a.conf", "/usr/lib64\n"},
        {"etc/cdi/nvidia.yaml", "kind: nvidia.com/gpu\n"},
        {"etc/ld.so.conf.d/a.conf", "/usr/lib64\n"},
        {"etc/os-release", "ID=fedora\nVERSION_ID=43\n"},
        {"etc/yum.repos.d/fedora.repo", "[fedora]\nenabled=1\n"},
        {"etc/dnf/repos.override.d/99-config_manager.repo", "[fedora]\nenabled=1\n"},
        {"etc/modprobe.d/nvidia.conf", "blacklist nouveau\n"},
        {"etc/udev/rules.d/50-nvidia.rules", "# rules\n"},
        {"sys/class/dmi/id/sys_vendor", "QEMU\n"},
        {"sys/class/dmi/id/product_name", "Virtual Machine\n"},
        {"sys/class/kfd/kfd/topology/nodes/1/properties", "simd_count 192\n"},
        {"sys/class/kfd/kfd/topology/nodes/1/mem_banks/0/properties", "heap_type 1\n"},
        {"sys/class/kfd/kfd/topology/nodes/1/io_links/0/properties", "type 2\n"},
        {"sys/devices/system/cpu/online", "0-3\n"},
        {"sys/devices/system/cpu/cpu0/cache/index0/type", "Data\n"},
        {"sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave\n"},
        {"sys/fs/cgroup/user.slice/cpu.max", "max 100000\n"},
        {"sys/fs/selinux/enforce", "1\n"},
        {"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", ""},
        {"sys/kernel/security/lockdown", "[none]\n"},
        {"sys/module/firmware_class/parameters/path", "\n"},
        {"sys/module/nvidia/version", "580.95.05\n"},
        {card + "class", "0x030000\n"},
        {card + "vendor", "0x10de\n"},
        {card + "device", "0x2684\n"},
        {card + "resource", "0x0 0x0 0x0\n"},
        {card + "resource1_resize", "0000000000003f00\n"},
        {card + "current_link_speed", "16.0 GT/s PCIe\n"},
        {"usr/local/cuda/version.json", "{\"cuda_nvcc\": {\"version\": \"12.8.93\"}}\n"},
        {"usr/share/hwdata/pci.ids", "10de  NVIDIA\n\t2684  AD102\n"},
        {"lib/modules/6.17.5-300.fc43.x86_64/modules.dep", "extra/nvidia.ko:\n"},
        {torch + "version.py", "__version__ = '2.8.0'\n"},
        {torch + "include/ATen/Config.h", "#define AT_MKL_ENABLED() 1\n"},
        {"usr/lib64/python3.14/site-packages/nvidia/nccl/include/nccl.h", "#define NCCL_MAJOR 2\n"},
    };
    return files;
}

/// A secret as it can stand in files of all kinds.
inline std::string lines_with(std::string_view secret) {
    return fmt::format(
        "{0}\n# {0}\n{0}={0}\nName: {0}\nunique_id {0}\nname=\"{0}\"\n[{0}]\n"
        "baseurl=https://{0}/x\ngpgkey={0}\nexclude={0}\nimage=\"{0}\"\n"
        "- hostPath: /opt/{0}\n  env: {0}\n/opt/{0}/lib\n0::/{0}\n"
        "nvidia.NVreg_Name={0}\npci={0}\nnvidia.{0}=1\n"
        "options nvidia NVreg_Name={0}\ninstall nvidia /opt/{0}\n"
        "ATTR{{vendor}}==\"0x10de\", ATTR{{remove}}=\"1\", RUN+=\"/opt/{0}\"\n"
        "{0} : 0\nPRETTY_NAME=\"{0}\"\ncuda = '{0}'\n#define NCCL_MINOR {0}\n",
        secret);
}

/// The machine with the secrets behind the content of every file.
inline void plant_in_files(const MadeMachine& made) {
    for (const auto& [path, content] : read_files()) {
        std::string planted = content;
        for (const Secret& secret : secrets) {
            planted += lines_with(secret.text);
        }
        made.write(path, planted);
    }
    made.write("usr/lib64/python3.14/site-packages/torch/lib/libtorch_cpu.so", "");
}

/// A secret as the name of a file.
inline std::string name_with(std::string_view secret) {
    std::string name(secret);
    std::ranges::replace(name, '/', '_');
    return name;
}

/// The machine with the secrets in the names of files and folders, and in values that refer to
/// them.
inline void plant_in_names(const MadeMachine& made) {
    for (const auto& [path, content] : read_files()) {
        made.write(path, content);
    }
    made.write("usr/lib64/python3.14/site-packages/torch/lib/libtorch_cpu.so", "");
    std::string answers;
    std::string groups;
    std::string image;
    for (const Secret& secret : secrets) {
        const std::string name = name_with(secret.text);
        for (const char* folder : {"opt/", "home/"}) {
            made.write(folder + name + "/libcuda.so.1", "");
            made.write(folder + name + "/lib/libtorch_cpu.so", "");
        }
        made.write("etc/ld.so.conf.d/" + name + ".conf", "/opt/" + name + "\n");
        made.write("etc/cdi/" + name + ".yaml", "- hostPath: /home/" + name + "/gone\n");
        made.write("etc/yum.repos.d/" + name + ".repo", "[" + name + "]\nenabled=1\n");
        made.write("etc/modprobe.d/" + name + ".conf", "blacklist nouveau\n");
        made.write("etc/udev/rules.d/" + name + ".rules", "");
        made.write("var/cache/akmods/nvidia/" + name + ".failed.log", "");
        made.write("sys/fs/cgroup/" + name + "/cpu.max", "100000 100000\n");
        made.write("lib/modules/" + name + "/modules.dep", "");
        made.make_folder("usr/lib64/rocblas/library/" + name);
        groups += "0::/" + name + "\n";
        answers += name + ":/opt/" + name + ":";
        image += name + "/";
    }
    made.write("proc/self/cgroup", groups);
    made.write("run/.containerenv", "image=\"" + image + "\"\n");
    made.write("etc/docker/daemon.json",
               fmt::format(R"({{"runtimes": {{"{0}": {{"path": "{0}"}}}}, "x": "{0}"}})", answers));
    made.write("trilby-recording.json",
               fmt::format(R"({{"recording": 1, "statuses": {{}}, "answers": {{
                   "environment variable VIRTUAL_ENV": "/home/{0}",
                   "environment variable LIBTORCH": "/opt/lovelace",
                   "environment variable LD_LIBRARY_PATH": "{0}",
                   "environment variable CUDA_VISIBLE_DEVICES": "{0}",
                   "environment variable LOADEDMODULES": "{0}",
                   "nodes that a group opens": "/dev/{0}",
                   "loading of /opt/lovelace/lib/libtorch_cpu.so": "needed {0}\nsearch {0}",
                   "runtimes": "[{{\"name\": \"cuda\", \"library\": \"/opt/{0}\"}}]"}}}})",
                           answers));
}

inline std::string lower_case_of(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// The kinds of secrets that a text holds, and where.
inline std::vector<std::string> secrets_in(const std::string& text) {
    constexpr std::size_t before = 40;
    constexpr std::size_t shown = 120;
    const std::string lower = lower_case_of(text);
    std::vector<std::string> found;
    for (const Secret& secret : secrets) {
        if (const std::size_t at = lower.find(secret.telling); at != std::string::npos) {
            found.push_back(
                fmt::format("{}: {}", secret.kind, text.substr(at - std::min(at, before), shown)));
        }
    }
    return found;
}

/// The names, contents and link targets below a folder.
inline std::string all_names_and_contents(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        all += entry.path().lexically_relative(folder).string() + "\n";
        if (entry.is_symlink()) {
            all += std::filesystem::read_symlink(entry.path()).string() + "\n";
        } else if (entry.is_regular_file()) {
            all += read_file(entry.path());
        }
    }
    return all;
}

}  // namespace trilby::testing
