// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>

#include "base/json.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/output_style.hpp"
#include "platform/command.hpp"
#include "platform/environment.hpp"
#include "platform/interrupt.hpp"
#include "platform/live_system.hpp"
#include "report/diagnosis.hpp"
#include "report/error.hpp"
#include "report/layout.hpp"
#include "toolbox/container_tool.hpp"
#include "toolbox/gpu_access.hpp"
#include "toolbox/image.hpp"
#include "toolbox/podman.hpp"

namespace trilby::cli {
namespace {

struct ToolboxOptions {
    std::string container = "trilby";
    std::string image;  ///< empty: the one that fits
    bool as_json = false;
};

/// A container may have a Podman of its own.
Result<void> check_is_on_host(const Machine& machine) {
    const ContainerKind kind = machine.container.kind.value_or(ContainerKind::none);
    const bool is_toolbox = kind == ContainerKind::toolbx || kind == ContainerKind::distrobox;
    return is_toolbox
               ? failure(ErrorCode::unavailable,
                         fmt::format("this is a container ({}, {}); create and enter containers "
                                     "on the host",
                                     container_name(kind), machine.container.kind.source()),
                         "leave it first; 'trilby doctor' here says what it lacks")
               : Result<void>();
}

Result<std::filesystem::path> home_folder() {
    const auto home = platform::environment_variable("HOME");
    return home ? Result<std::filesystem::path>(*home)
                : failure(ErrorCode::unavailable,
                          "HOME is not set; the container shares that folder");
}

/// The findings on the host that also apply in a container.
Diagnosis diagnose_inside(const Machine& machine) {
    return {.findings = toolbox::findings_inside(diagnose(machine)), .consequences = {}};
}

void print_gpu_access(const toolbox::ContainerPlan& plan, const std::string& reason,
                      const toolbox::ContainerTool& tool, const Machine& machine) {
    const report::Style style = output_style();
    print(report::row("image", plan.image + ", for " + reason, style));
    print(report::row("tool", tool.program.string(), style));
    for (const auto& [what, text] : toolbox::gpu_access(machine, plan, tool.kind)) {
        print(report::row(what, text, style));
    }
    if (const Diagnosis inside = diagnose_inside(machine); !inside.findings.empty()) {
        print("\nThese findings on the host also apply in the container:\n\n{}\n",
              report::to_text(inside, "", style));
    }
    std::fflush(stdout);
}

Result<toolbox::Image> image_for(const ToolboxOptions& options, const Machine& machine) {
    toolbox::Image image = toolbox::choose_image(machine);
    if (!options.image.empty()) {
        TRILBY_CHECK(toolbox::check_image_name(options.image));
        image.name = options.image;
    }
    return image;
}

Result<void> make(const toolbox::ContainerTool& tool, const toolbox::ContainerPlan& plan) {
    constexpr auto limit = std::chrono::minutes(10);
    // Ctrl-C must also end the Podman that the tool starts, which could still create the container.
    platform::InterruptWatch interrupts;
    TRILBY_TRY(output,
               platform::run_program({tool.program, toolbox::create_arguments(tool.kind, plan)},
                                     {.total = limit, .interrupts = &interrupts}));
    if (output.exit_code != 0) {
        return failure(ErrorCode::failed,
                       fmt::format("'{}' failed with code {}: {}", tool.program.string(),
                                   output.exit_code, printable(trim(output.standard_error), 1000)));
    }
    return {};
}

Result<int> create(const ToolboxOptions& options) {
    const Machine machine = probe();
    TRILBY_CHECK(check_is_on_host(machine));
    TRILBY_CHECK(toolbox::check_container_name(options.container));
    TRILBY_TRY(image, image_for(options, machine));
    TRILBY_TRY(home, home_folder());
    TRILBY_TRY(tool, toolbox::find_container_tool());
    TRILBY_CHECK(toolbox::check_image_exists(tool.podman, image.name));
    const toolbox::ContainerPlan plan{.container = options.container,
                                      .image = image.name,
                                      .gpu = image.gpu,
                                      .home = home,
                                      .is_for_root = platform::is_root()};
    print_gpu_access(plan, image.reason, tool, machine);
    TRILBY_CHECK(make(tool, plan));
    print(report::row(
        "created", fmt::format("{0}; enter it with: trilby toolbox enter {0}", options.container),
        output_style()));
    return 0;
}

/// Only blocking findings are worth a line before the shell.
void warn_of_blocks(const Machine& machine) {
    Diagnosis inside = diagnose_inside(machine);
    std::erase_if(inside.findings,
                  [](const Finding& finding) { return finding.severity != Severity::blocks; });
    print_to(stderr, report::to_lines(inside, output_style()));
}

Result<int> enter(const ToolboxOptions& options) {
    const Machine machine = probe();
    TRILBY_CHECK(check_is_on_host(machine));
    TRILBY_CHECK(toolbox::check_container_name(options.container));
    TRILBY_TRY(tool, toolbox::find_container_tool());
    TRILBY_CHECK(toolbox::check_container_exists(tool.podman, options.container));
    warn_of_blocks(machine);
    return std::unexpected(platform::replace_process(
        {tool.program, toolbox::enter_arguments(tool.kind, options.container)}));
}

json::array to_json(const std::vector<toolbox::Container>& containers) {
    json::array documents;
    for (const toolbox::Container& one : containers) {
        documents.push_back(
            json::object{{"name", one.name}, {"image", one.image}, {"state", one.state}});
    }
    return documents;
}

Result<int> list(const ToolboxOptions& options) {
    TRILBY_CHECK(check_is_on_host(probe()));
    TRILBY_TRY(tool, toolbox::find_container_tool());
    TRILBY_TRY(containers, toolbox::list_containers(tool.podman));
    if (options.as_json) {
        print(json_text({{"schema", 1}, {"containers", to_json(containers)}}));
        return 0;
    }
    for (const toolbox::Container& one : containers) {
        print("{:24}  {:10}  {}\n", one.name, one.state, one.image);
    }
    if (containers.empty()) {
        print("There is no container made from Trilby's images.\n");
    }
    return 0;
}

int exit_code_of(const Result<int>& done, const ToolboxOptions& options) {
    return done ? *done : report::print_error(done.error(), options.as_json);
}

}  // namespace

Command toolbox_command(CLI::App& trilby) {
    auto options = std::make_shared<ToolboxOptions>();
    CLI::App* parser =
        trilby.add_subcommand("toolbox", "Create, enter and list containers that can use the GPU");
    parser->require_subcommand(1);

    CLI::App* creating = parser->add_subcommand(
        "create", "Pick an image, report how it will reach the GPU, and create the container");
    creating
        ->add_option("--image", options->image,
                     "Use this image instead of the one for the hardware")
        ->type_name("IMAGE");
    CLI::App* entering = parser->add_subcommand("enter", "Open a shell in the container");
    for (CLI::App* named : {creating, entering}) {
        named->add_option("NAME", options->container, "Name of the container")
            ->capture_default_str();
    }
    CLI::App* listing =
        parser->add_subcommand("list", "Show the containers made from Trilby's images");
    listing->add_flag("--json", options->as_json, "Print one JSON document");

    return {parser, [options, creating, entering] {
                if (creating->parsed()) {
                    return exit_code_of(create(*options), *options);
                }
                return exit_code_of(entering->parsed() ? enter(*options) : list(*options),
                                    *options);
            }};
}

}  // namespace trilby::cli
