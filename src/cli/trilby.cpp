// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trilby.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <span>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "platform/atomic_file.hpp"
#include "platform/version.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

constexpr const char* footer =
    "Start with:\n"
    "  trilby probe                  see what this machine can compute with\n"
    "  trilby doctor                 see what is wrong, and what mends it\n"
    "  trilby train fashion-mnist    train a network now\n"
    "\n"
    "'trilby COMMAND --help' explains a command.";

/// The word that was typed where a command belongs, if it is none.
std::string unknown_command(int argc, char** argv, std::span<const std::string_view> known) {
    const std::string first = argc > 1 ? argv[1] : "";
    const bool is_word = !first.empty() && !first.starts_with('-');
    return is_word && std::ranges::find(known, std::string_view(first)) == known.end()
               ? first
               : std::string();
}

/// `command` is the one whose help would have told, or empty.
int usage_error(const std::string& message, std::string_view command = {}) {
    const std::string hint =
        command.empty() ? "see 'trilby --help'" : fmt::format("see 'trilby {} --help'", command);
    return report::print_error({ErrorCode::usage, message, hint}, false);
}

/// A pipe that closed or a disk that filled must not look like success.
int finish(int exit_code) {
    if (std::fflush(stdout) != 0 && exit_code == 0) {
        return report::print_error(platform::system_error(errno, "write to", "standard output"),
                                   false);
    }
    return exit_code;
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{
        "Trilby finds the AI hardware of this machine, says what it can do, and trains on it.",
        "trilby"};
    app.set_version_flag("--version", std::string("trilby ") + version,
                         "Print the version and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.require_subcommand(0, 1);
    app.footer(footer);
    const std::array commands{probe_command(app), backends_command(app), doctor_command(app),
                              data_command(app), train_command(app)};
    std::vector<std::string_view> names;
    for (const Command& command : commands) {
        command.parser->footer("");  // else it would inherit the one above
        names.push_back(command.parser->get_name());
    }
    if (const std::string word = unknown_command(argc, argv, names); !word.empty()) {
        return usage_error(
            fmt::format("unknown command '{}'{}", printable(word, 64), did_you_mean(word, names)));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help and --version
        return finish(app.exit(wanted));
    } catch (const CLI::ParseError& error) {
        const auto command =
            std::ranges::find_if(commands, [](const Command& one) { return one.parser->parsed(); });
        return usage_error(printable(error.what(), 400),
                           command == commands.end() ? "" : command->parser->get_name());
    }
    for (const Command& command : commands) {
        if (command.parser->parsed()) {
            return finish(command.run());
        }
    }
    fmt::print("{}", app.help());
    return finish(0);
}

}  // namespace trilby::cli
