// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

constexpr const char* running = "6.18.5-200.fc43.x86_64";
constexpr const char* older = "6.18.3-200.fc43.x86_64";

KernelFolder complete(const char* release) {
    return {.release = release, .has_modules = true, .has_headers = true, .has_nvidia = true};
}

KernelFolder without_module(const char* release) {
    return {.release = release, .has_modules = true, .has_headers = true, .has_nvidia = false};
}

/// The state after a boot at which the module could not be loaded.
void leave_card_alone(MadeFacts& made) {
    made.bind("");
    made.unload("nvidia");
    made.unload("nvidia_uvm");
}

void fail_build(MadeFacts& made, const std::string& release) {
    leave_card_alone(made);
    made.set_kernels({without_module(running)});
    made.machine.environment.failed_builds =
        fact(std::vector{"nvidia-580xx/580.119.02-1.fc43-for-" + release + ".failed.log"},
             "/var/cache/akmods");
}

/// nouveau is bound to the card.
void start_nouveau(MadeFacts& made, std::vector<std::string> words) {
    leave_card_alone(made);
    made.bind("nouveau");
    made.set_boot_parameters(std::move(words));
}
void start_nouveau_on_atomic(MadeFacts& made, std::vector<std::string> words) {
    start_nouveau(made, std::move(words));
    made.set_file("/run/ostree-booted", true);
}

void switch_secure_boot(MadeFacts& made, bool is_on) {
    made.machine.kernel.secure_boot = fact(is_on, "/sys/firmware/efi/efivars/SecureBoot");
}

void enforce_signatures(MadeFacts& made, const char* is_on) {
    leave_card_alone(made);
    switch_secure_boot(made, false);
    made.set_text("/sys/module/module/parameters/sig_enforce", is_on);
}

void add_repositories(MadeFacts& made, const std::string& excludes) {
    made.machine.environment.repositories =
        fact(std::vector<Repository>{{.id = "rpmfusion-nonfree-updates",
                                      .path = "/etc/yum.repos.d/rpmfusion-nonfree-updates.repo",
                                      .base_url = {},
                                      .excludes = {},
                                      .is_enabled = true},
                                     {.id = "cuda-fedora43-x86_64",
                                      .path = "/etc/yum.repos.d/cuda-fedora43.repo",
                                      .base_url = {},
                                      .excludes = excludes,
                                      .is_enabled = true}},
             "/etc/yum.repos.d");
}

void set_nvidia_line(MadeFacts& made, const char* line) {
    made.machine.environment.module_settings =
        fact(std::vector<SettingLine>{{"/etc/modprobe.d/blacklist-nvidia.conf", line}},
             "/etc/modprobe.d");
}

constexpr const char* removal_file = "/etc/udev/rules.d/50-remove-nvidia.rules";
constexpr const char* removal_rule = R"(ACTION=="add", ATTR{vendor}=="0x10de", ATTR{remove}="1")";

constexpr const char* unbinding_rule =
    R"(ATTR{vendor}=="0x10de", RUN+="/bin/sh -c 'echo %k > /sys/bus/pci/drivers/nvidia/unbind'")";

void set_rule(MadeFacts& made, const char* rule) {
    made.machine.environment.removal_rules =
        fact(std::vector<SettingLine>{{removal_file, rule}}, "/etc/udev/rules.d");
}

void remove_card_by_rule(MadeFacts& made) {
    leave_card_alone(made);
    made.machine.pci_devices = fact(std::vector<PciDevice>(), "/sys/bus/pci/devices");
    set_rule(made, removal_rule);
}

}  // namespace

std::vector<ConditionCase> nvidia_module_cases() {
    return {
        {"TRL-N005", "Secure Boot, the module for this kernel, and a card without a driver",
         leave_card_alone, "the same without Secure Boot",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.machine.kernel.secure_boot = fact(false);
         },
         healthy_nvidia_machine},
        {"TRL-N044", "module.sig_enforce without Secure Boot",
         [](MadeFacts& made) { enforce_signatures(made, "Y"); }, "it is off",
         [](MadeFacts& made) { enforce_signatures(made, "N"); }, healthy_nvidia_machine},
        {"TRL-N044", "module.sig_enforce on the kernel command line",
         [](MadeFacts& made) {
             leave_card_alone(made);
             switch_secure_boot(made, false);
             made.set_boot_parameters({"module.sig_enforce=1"});
         },
         "Secure Boot is on, which explains it",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_boot_parameters({"module.sig_enforce=1"});
         },
         healthy_nvidia_machine},
        {"TRL-N005", "a signed module that was not loaded", leave_card_alone,
         "a file of modprobe.d keeps the module out",
         [](MadeFacts& made) {
             leave_card_alone(made);
             set_nvidia_line(made, "blacklist nvidia");
         },
         healthy_nvidia_machine},
        {"TRL-N041", "alias nvidia off in modprobe.d",
         [](MadeFacts& made) {
             leave_card_alone(made);
             set_nvidia_line(made, "alias nvidia off");
         },
         "an option of the module",
         [](MadeFacts& made) {
             leave_card_alone(made);
             set_nvidia_line(made, "options nvidia NVreg_DynamicPowerManagement=0x02");
         },
         healthy_nvidia_machine},
        {"TRL-N041", "modprobe.blacklist=nvidia on the kernel command line",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_boot_parameters({"modprobe.blacklist=nvidia"});
         },
         "modprobe.blacklist=nvidiafb",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_boot_parameters({"modprobe.blacklist=nvidiafb"});
         },
         healthy_nvidia_machine},
        {"TRL-N041", "modprobe.blacklist=nouveau,nvidia",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_boot_parameters({"modprobe.blacklist=nouveau,nvidia"});
         },
         "modprobe.blacklist=nouveau",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_boot_parameters({"modprobe.blacklist=nouveau"});
         },
         healthy_nvidia_machine},
        {"TRL-N041", "install nvidia /bin/false, and nouveau has the card",
         [](MadeFacts& made) {
             start_nouveau(made, {});
             set_nvidia_line(made, "install nvidia /bin/false");
         },
         "the driver is bound all the same",
         [](MadeFacts& made) { set_nvidia_line(made, "blacklist nvidia"); },
         healthy_nvidia_machine},
        {"TRL-N041", "a rule of udev that takes the card from the driver",
         [](MadeFacts& made) {
             made.bind("");
             set_rule(made, unbinding_rule);
         },
         "the rule, but the driver has the card",
         [](MadeFacts& made) { set_rule(made, unbinding_rule); }, healthy_nvidia_machine},
        {"TRL-N042", "a rule of udev that removes the card, and no card", remove_card_by_rule,
         "a rule that only takes the card from the driver",
         [](MadeFacts& made) {
             remove_card_by_rule(made);
             set_rule(made, unbinding_rule);
         },
         healthy_nvidia_machine},
        {"TRL-N042", "a rule of udev that removes the card", remove_card_by_rule,
         "the rule, but the card is there", [](MadeFacts& made) { set_rule(made, removal_rule); },
         healthy_nvidia_machine},
        {"TRL-N006", "the module only for the previous kernel",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_kernels({complete(older), without_module(running)});
         },
         "the module for both kernels",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_kernels({complete(older), complete(running)});
         },
         healthy_nvidia_machine},
        {"TRL-N007", "akmod-nvidia without kernel headers and without the module",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_kernels({{.release = running, .has_modules = true}});
         },
         "the headers are installed",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_kernels({without_module(running)});
         },
         healthy_nvidia_machine},
        {"TRL-N008", "akmods failed for the running kernel",
         [](MadeFacts& made) { fail_build(made, running); }, "it failed for an older one",
         [](MadeFacts& made) { fail_build(made, older); }, healthy_nvidia_machine},
        {"TRL-N009", "only other kernels have a module folder",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_kernels({complete(older)});
         },
         "the running kernel has one",
         [](MadeFacts& made) {
             leave_card_alone(made);
             made.set_kernels({complete(older), complete(running)});
         },
         healthy_nvidia_machine},
        {"TRL-N017", "rpm-ostree with nouveau bound and not blacklisted",
         [](MadeFacts& made) { start_nouveau_on_atomic(made, {}); }, "both words block it",
         [](MadeFacts& made) {
             start_nouveau_on_atomic(made, {"rd.driver.blacklist=nouveau,nova_core",
                                            "modprobe.blacklist=nouveau,nova_core"});
         },
         healthy_nvidia_machine},
        {"TRL-N017", "the same on a conventional Fedora",
         [](MadeFacts& made) { start_nouveau(made, {"rd.driver.blacklist=nouveau,nova_core"}); },
         "on Debian with modprobe.blacklist=nouveau",
         [](MadeFacts& made) {
             start_nouveau(made, {"modprobe.blacklist=nouveau"});
             made.machine.os.id = fact<std::string>("debian");
         },
         healthy_nvidia_machine},
        {"TRL-N032", "the module for this kernel, no Secure Boot, and a card without a driver",
         [](MadeFacts& made) {
             leave_card_alone(made);
             switch_secure_boot(made, false);
         },
         "the same with module_blacklist=nvidia",
         [](MadeFacts& made) {
             leave_card_alone(made);
             switch_secure_boot(made, false);
             made.set_boot_parameters({"module_blacklist=nvidia"});
         },
         healthy_nvidia_machine},
        {"TRL-N032", "the module is loaded with Secure Boot, but not bound to the card",
         [](MadeFacts& made) { made.bind(""); }, "it is not loaded, with Secure Boot",
         leave_card_alone, healthy_nvidia_machine},
        {"TRL-N018", "the repositories of RPM Fusion and NVIDIA are enabled",
         [](MadeFacts& made) { add_repositories(made, ""); },
         "NVIDIA's repository excludes the driver",
         [](MadeFacts& made) { add_repositories(made, "nvidia-driver*,kmod-nvidia*"); },
         healthy_nvidia_machine},
    };
}

}  // namespace trilby::testing
