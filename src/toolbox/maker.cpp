// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/maker.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "platform/environment.hpp"

namespace trilby::toolbox {
namespace {

using Words = std::vector<std::string>;

/// What goes before Podman alone, the better first.
constexpr std::array preferred{MakerKind::toolbox, MakerKind::distrobox};

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append(Words& words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
}

// What follows the name is ignored by 'toolbox create', which shares all devices anyway.
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

/// Podman has root's container keep no user, and root needs no group.
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

std::string_view maker_name(MakerKind kind) {
    constexpr std::array<std::string_view, 3> names{"toolbox", "distrobox", "podman"};
    return names[static_cast<std::size_t>(kind)];
}

Result<Maker> find_maker() {
    const auto podman = platform::find_program("podman");
    if (podman.empty()) {
        return failure(ErrorCode::unavailable, "podman, which runs the containers, is not in $PATH",
                       "install it with Toolbx: 'sudo dnf install toolbox' on Fedora, 'sudo apt "
                       "install podman-toolbox' on Debian");
    }
    for (const MakerKind kind : preferred) {
        if (const auto program = platform::find_program(maker_name(kind)); !program.empty()) {
            return Maker{kind, program, podman};
        }
    }
    return Maker{MakerKind::podman, podman, podman};
}

Result<void> check_container_name(std::string_view name) {
    const bool is_name =
        !name.empty() && is_letter_or_digit(name.front()) && std::ranges::all_of(name, [](char c) {
            return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
        });
    return is_name ? Result<void>()
                   : failure(ErrorCode::usage,
                             fmt::format("'{}' is no name for a container: expected letters and "
                                         "digits, and between them '_', '.' and '-'",
                                         printable(name, 128)));
}

Result<void> check_image_name(std::string_view name) {
    const bool is_name = !name.empty() && is_letter_or_digit(name.front()) &&
                         std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
    return is_name ? Result<void>()
                   : failure(ErrorCode::usage,
                             fmt::format("'{}' is no name of an image: expected one such as "
                                         "localhost/trilby-toolbox",
                                         printable(name, 128)));
}

std::vector<std::string> create_arguments(MakerKind kind, const ContainerPlan& plan) {
    switch (kind) {
        case MakerKind::toolbox:
            return toolbox_words(plan);
        case MakerKind::distrobox:
            return distrobox_words(plan);
        case MakerKind::podman:
            break;
    }
    return podman_words(plan);
}

std::vector<std::string> enter_arguments(MakerKind kind, const std::string& container) {
    return kind == MakerKind::podman ? Words{"start", "--attach", "--interactive", container}
                                     : Words{"enter", container};
}

}  // namespace trilby::toolbox
