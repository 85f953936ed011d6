// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <regex>
#include <string>

#include "base/text.hpp"
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "install/version.hpp"
#include "report/layout.hpp"

namespace trilby::cli {
namespace {

/// Shows an option as the manual does, in the width of the terminal.
class HelpFormatter : public CLI::Formatter {
  public:
    HelpFormatter() { column_width(name_columns); }

    std::string make_option_opts(const CLI::Option* option) const override {
        const std::string value = value_name(*option);
        return option->get_positional() || value.empty() ? std::string() : ' ' + value;
    }
    std::string make_option_desc(const CLI::Option* option) const override {
        return folded(explained(*option));
    }
    /// CLI11 2.6 ends every line with a blank, which may be in column 81.
    std::string make_help(const CLI::App* app, std::string name,
                          CLI::AppFormatMode mode) const override {
        static const std::regex last_blanks(" +\n");
        return std::regex_replace(CLI::Formatter::make_help(app, std::move(name), mode),
                                  last_blanks, "\n");
    }
    std::string make_subcommand(const CLI::App* command) const override {
        return report::row("  " + command->get_name(), command->get_description(), style_,
                           name_columns);
    }

  private:
    static constexpr int name_columns = 22;

    /// CLI11 indents the lines.
    std::string folded(const std::string& text) const {
        const std::string lines =
            report::paragraph(text, {.columns = style_.columns - name_columns});
        return std::string(trim(lines));
    }

    report::Style style_ = {.columns = output_style().columns};
};

std::string footer() {
    std::string text = "Start with:\n";
    for (const Example& step : first_steps) {
        text += fmt::format("  {:28}  {}\n", step.command, step.meaning);
    }
    return text + "\n'trilby COMMAND --help' explains a command.";
}

}  // namespace

CommandLine command_line() {
    auto parser = std::make_unique<CLI::App>(
        "Trilby finds the AI hardware of this machine, checks it and trains on it.", "trilby");
    parser->formatter(std::make_shared<HelpFormatter>());
    parser->set_version_flag("--version", std::string("trilby ") + version,
                             "Print the version and exit");
    parser->set_help_flag("-h,--help", "Print this help and exit");
    parser->require_subcommand(0, 1);
    std::vector<Command> commands{
        probe_command(*parser),    backends_command(*parser), doctor_command(*parser),
        data_command(*parser),     train_command(*parser),    tune_command(*parser),
        evaluate_command(*parser), predict_command(*parser),  generate_command(*parser),
        runs_command(*parser),     export_command(*parser),   inspect_command(*parser),
        model_command(*parser),    new_command(*parser),      eject_command(*parser),
        validate_command(*parser), backend_command(*parser),  toolbox_command(*parser)};
    parser->footer(footer());  // last, because commands inherit it
    return {std::move(parser), std::move(commands)};
}

}  // namespace trilby::cli
