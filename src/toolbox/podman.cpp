// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/podman.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/command.hpp"
#include "platform/interrupt.hpp"

namespace trilby::toolbox {
namespace {

constexpr std::string_view where = "podman ps";

std::unexpected<Error> podman_failure(const platform::CommandOutput& output) {
    return failure(ErrorCode::unavailable,
                   fmt::format("podman failed with code {}: {}", output.exit_code,
                               printable(trim(output.standard_error), 400)));
}

std::string how_to_get(std::string_view image) {
    constexpr std::string_view ours = "localhost/trilby-";
    if (!image.starts_with(ours)) {
        return "run 'podman images' for the images on this machine";
    }
    image.remove_prefix(ours.find('/') + 1);
    return fmt::format(
        "build it in Trilby's source folder: podman build --format docker -t {0} -f "
        "containers/{0}/Containerfile .",
        image);
}

Result<Container> container_of(const json::value& entry) {
    TRILBY_TRY(object, json::as_object(entry, where));
    TRILBY_TRY(names, json::get_array(object, "Names", where));
    TRILBY_TRY(image, json::get_string(object, "Image", where));
    TRILBY_TRY(state, json::get_string(object, "State", where));
    if (names.empty() || !names.front().is_string()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: found a container without a name", where));
    }
    return Container{std::string(names.front().as_string()), image, state};
}

/// Ctrl-C ends Podman, and is an error.
Result<platform::CommandOutput> run(const platform::Command& podman) {
    constexpr auto limit = std::chrono::seconds(60);
    platform::InterruptWatch interrupts;
    return platform::run_program(podman, {.total = limit, .interrupts = &interrupts});
}

/// Podman exits with 1 both for "no" and for most failures, but prints a reason for a failure.
Result<bool> answer_of(const std::filesystem::path& podman,
                       const std::vector<std::string>& question) {
    constexpr int no = 1;
    TRILBY_TRY(output, run({podman, question}));
    if (output.exit_code == 0) {
        return true;
    }
    if (output.exit_code == no && trim(output.standard_error).empty()) {
        return false;
    }
    return podman_failure(output);
}

}  // namespace

Result<std::vector<Container>> parse_containers(std::string_view text) {
    TRILBY_TRY(document, json::parse(text, where));
    if (!document.is_array()) {
        return failure(ErrorCode::bad_data, fmt::format("{}: expected an array", where));
    }
    std::vector<Container> containers;
    for (const json::value& entry : document.as_array()) {
        TRILBY_TRY(container, container_of(entry));
        containers.push_back(std::move(container));
    }
    return containers;
}

Result<std::vector<Container>> list_containers(const std::filesystem::path& podman) {
    TRILBY_TRY(
        output,
        run({podman,
             {"ps", "--all", "--format", "json", "--filter", "label=io.github.trilby.image"}}));
    if (output.exit_code != 0) {
        return podman_failure(output);
    }
    return parse_containers(output.standard_output);
}

Result<void> check_image_exists(const std::filesystem::path& podman, const std::string& image) {
    TRILBY_TRY(exists, answer_of(podman, {"image", "exists", image}));
    return exists ? Result<void>()
                  : failure(ErrorCode::no_input, fmt::format("there is no image '{}' here", image),
                            how_to_get(image));
}

Result<void> check_container_exists(const std::filesystem::path& podman, const std::string& name) {
    TRILBY_TRY(exists, answer_of(podman, {"container", "exists", name}));
    return exists
               ? Result<void>()
               : failure(ErrorCode::no_input, fmt::format("there is no container '{}' here", name),
                         fmt::format("create it with: trilby toolbox create {}", name));
}

}  // namespace trilby::toolbox
