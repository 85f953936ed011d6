// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/container_tool.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "platform/environment.hpp"

namespace trilby::toolbox {

TRILBY_DESCRIBE_ENUM(ContainerToolKind, '-', toolbox, distrobox, podman)

namespace {

using Words = std::vector<std::string>;

/// Tools that are preferred to Podman alone, in order of preference.
constexpr std::array preferred{ContainerToolKind::toolbox, ContainerToolKind::distrobox};

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append(Words& words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
}

// 'toolbox create' ignores arguments after the name, and shares all devices anyway.
Words toolbox_words(const ContainerPlan& plan) {
    return {"create", "--image", plan.image, plan.container};
}

Words distrobox_words(const ContainerPlan& plan) {
    Words words{"create", "--yes", "--name", plan.container, "--image", plan.image};
    if (plan.gpu == Gpu::nvidia) {
        words.emplace_back("--nvidia");
    }
    return words;
}

/// Podman rejects keep-id for root, and root needs no group.
Words user_of(const ContainerPlan& plan) {
    if (plan.is_for_root) {
        return {};
    }
    Words words{"--userns", "keep-id"};
    if (plan.gpu == Gpu::amd) {
        append(words, {"--group-add", "keep-groups"});
    }
    return words;
}

Words devices_of(Gpu gpu) {
    switch (gpu) {
        case Gpu::nvidia:
            return {"--device", "nvidia.com/gpu=all"};
        case Gpu::amd:
            return {"--device", "/dev/kfd", "--device", "/dev/dri"};
        case Gpu::none:
            break;
    }
    return {};
}

Words podman_words(const ContainerPlan& plan) {
    const std::string home = plan.home.string();
    Words words{"create", "--name", plan.container, "--interactive",  "--tty",        "--network",
                "host",   "--ipc",  "host",         "--security-opt", "label=disable"};
    append(words, devices_of(plan.gpu));
    append(words, user_of(plan));
    append(words, {"--volume", home + ":" + home, "--env", "HOME=" + home, "--workdir", home,
                   plan.image, "/bin/bash"});
    return words;
}

}  // namespace

std::string_view container_tool_name(ContainerToolKind kind) {
    return enum_name(kind);
}

Result<ContainerTool> find_container_tool() {
    const auto podman = platform::find_program("podman");
    if (podman.empty()) {
        return failure(ErrorCode::unavailable, "podman, which runs the containers, is not in $PATH",
                       "install it with Toolbx: 'sudo dnf install toolbox' on Fedora, 'sudo apt "
                       "install podman-toolbox' on Debian");
    }
    for (const ContainerToolKind kind : preferred) {
        if (const auto program = platform::find_program(container_tool_name(kind));
            !program.empty()) {
            return ContainerTool{kind, program, podman};
        }
    }
    return ContainerTool{ContainerToolKind::podman, podman, podman};
}

Result<void> check_container_name(std::string_view name) {
    const bool is_name =
        !name.empty() && is_letter_or_digit(name.front()) && std::ranges::all_of(name, [](char c) {
            return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
        });
    return is_name ? Result<void>()
                   : failure(ErrorCode::usage,
                             fmt::format("'{}' is not a container name: expected letters and "
                                         "digits, and between them '_', '.' and '-'",
                                         printable(name, 128)));
}

Result<void> check_image_name(std::string_view name) {
    const bool is_name = !name.empty() && is_letter_or_digit(name.front()) &&
                         std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
    return is_name ? Result<void>()
                   : failure(ErrorCode::usage,
                             fmt::format("'{}' is not an image name: expected one such as "
                                         "localhost/trilby-toolbox",
                                         printable(name, 128)));
}

std::vector<std::string> create_arguments(ContainerToolKind kind, const ContainerPlan& plan) {
    switch (kind) {
        case ContainerToolKind::toolbox:
            return toolbox_words(plan);
        case ContainerToolKind::distrobox:
            return distrobox_words(plan);
        case ContainerToolKind::podman:
            break;
    }
    return podman_words(plan);
}

std::vector<std::string> enter_arguments(ContainerToolKind kind, const std::string& container) {
    return kind == ContainerToolKind::podman
               ? Words{"start", "--attach", "--interactive", container}
               : Words{"enter", container};
}

}  // namespace trilby::toolbox
