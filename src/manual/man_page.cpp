// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/man_page.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

#include "cli/values.hpp"
#include "manual/roff.hpp"
#include "platform/version.hpp"
#include "report/exit_meaning.hpp"

namespace trilby::manual {
namespace {

using roff::bold;
using roff::italic;
using roff::prose;

std::string with_capital(std::string text) {
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return text;
}

std::string with_small_letter(std::string text) {
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
    return text;
}

std::string heading(std::string_view title) {
    return fmt::format(".SH {}\n", roff::escaped(title));
}

/// The first one after a heading needs no macro, and may have none.
std::string paragraphs(const std::vector<std::string>& texts) {
    std::string roff;
    for (const std::string& text : texts) {
        roff += (roff.empty() ? "" : ".PP\n") + prose(text) + '\n';
    }
    return roff;
}

/// A term with its text beside or below it. `term` is roff already.
std::string item(std::string_view term, std::string_view text) {
    return fmt::format(".TP\n{}\n{}\n", term, prose(text));
}

std::string entries(const std::vector<Entry>& list) {
    std::string roff;
    for (const Entry& entry : list) {
        roff += item(bold(entry.name), entry.text);
    }
    return roff;
}

std::string section(std::string_view title, const std::vector<Entry>& list) {
    return list.empty() ? std::string() : heading(title) + entries(list);
}

const CommandNode* find_command(const Manual& manual, const std::string& path) {
    const auto all = all_commands(manual.tree);
    const auto found = std::ranges::find(all, path, &CommandNode::path);
    return found == all.end() ? nullptr : *found;
}

const Page* page_of(const Manual& manual, const CommandNode& command) {
    const auto found = std::ranges::find(manual.pages, command.path, &Page::command);
    return found == manual.pages.end() ? nullptr : &*found;
}

/// Commands that are explained on the page of `command` itself.
bool explains_its_commands(const Manual& manual, const CommandNode& command) {
    return !command.commands.empty() && page_of(manual, command.commands.front()) == nullptr;
}

std::string usage(const CommandNode& command) {
    std::string line = fmt::format("{} [{}]...", bold(command.path), italic("OPTION"));
    if (!command.commands.empty()) {
        line = fmt::format("{} {} ...", bold(command.path), italic("COMMAND"));
    }
    for (const Option& operand : command.operands) {
        const std::string name = italic(operand.value);
        line += operand.is_required ? ' ' + name : fmt::format(" [{}]", name);
    }
    return line;
}

std::string synopsis(const Manual& manual, const CommandNode& command) {
    std::vector<std::string> lines;
    if (!explains_its_commands(manual, command)) {
        lines.push_back(usage(command));
    } else {
        std::ranges::transform(command.commands, std::back_inserter(lines), usage);
    }
    return heading("SYNOPSIS") + fmt::format("{}\n", fmt::join(lines, "\n.br\n"));
}

std::string term_of(const Option& option) {
    std::vector<std::string> names;
    std::ranges::transform(option.names, std::back_inserter(names), bold);
    const std::string value = option.value.empty() ? "" : ' ' + italic(option.value);
    return fmt::format("{}{}", fmt::join(names, ", "), value);
}

bool mentions_every(const std::string& text, const std::vector<cli::Word>& words) {
    return std::ranges::all_of(words,
                               [&](const cli::Word& word) { return text.contains(word.text); });
}

/// The words that a value can be, if they are few and the text does not mention them.
std::string possible_values(const Option& option) {
    const cli::ValueKind* kind = cli::find_value_kind(option.value);
    if (kind == nullptr || kind->paths != cli::Paths::none) {
        return {};
    }
    const std::vector<cli::Word> words = kind->words();
    if (words.size() > 8 || mentions_every(option.text, words)) {
        return {};
    }
    std::vector<std::string> names;
    for (const cli::Word& word : words) {
        names.push_back('`' + word.text + '`');
    }
    return fmt::format(" Possible values: {}.", fmt::join(names, ", "));
}

std::string options(const CommandNode& command) {
    std::string roff;
    for (const Option& operand : command.operands) {
        roff += item(italic(operand.value), operand.text + '.' + possible_values(operand));
    }
    for (const Option& option : command.options) {
        roff += item(term_of(option), option.text + '.' + possible_values(option));
    }
    return roff;
}

std::string command_list(const Manual& manual, const CommandNode& command) {
    std::string roff;
    for (const CommandNode& below : command.commands) {
        if (const Page* page = page_of(manual, below)) {
            const std::string text =
                fmt::format("{}. See `{}`({}).", below.summary, page->name, page->number);
            roff += item(bold(below.name), text);
        } else {
            roff += fmt::format(".SS {}\n", roff::escaped(below.path)) +
                    paragraphs({below.summary + '.'}) + options(below);
        }
    }
    return roff.empty() ? roff : heading("COMMANDS") + roff;
}

std::string exit_status(const Page& page) {
    if (page.success.empty()) {
        return {};
    }
    std::string roff = heading("EXIT STATUS") + item(bold("0"), with_capital(page.success) + '.');
    for (const Exit& exit : page.exits) {
        const std::string meaning =
            exit.meaning.empty() ? std::string(report::exit_meaning(exit.code)) : exit.meaning;
        roff +=
            item(bold(std::to_string(static_cast<int>(exit.code))), with_capital(meaning) + '.');
    }
    return roff;
}

std::string examples(const Page& page) {
    std::string roff;
    for (const cli::Example& example : page.examples) {
        roff += fmt::format("{}{}:\n.PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", roff.empty() ? "" : ".PP\n",
                            prose(with_capital(std::string(example.meaning))),
                            roff::escaped(example.command));
    }
    return heading("EXAMPLES") + roff;
}

std::string see_also(const Page& page, const Manual& manual) {
    std::vector<std::string> references;
    for (const Page& other : manual.pages) {
        if (other.name != page.name) {
            references.push_back(fmt::format("{}({})", bold(other.name), other.number));
        }
    }
    return heading("SEE ALSO") + fmt::format("{}\n", fmt::join(references, ",\n"));
}

/// Also keeps commands and names in one piece: no hyphens, no wide gaps.
std::string title_line(const Page& page) {
    std::string name = page.name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    return fmt::format(".TH {} {} \"\" \"trilby {}\" \"{}\"\n.nh\n.ad l\n", roff::escaped(name),
                       page.number, roff::escaped(version),
                       page.number == 5 ? "File Formats" : "User Commands");
}

std::string about(const Page& page, const CommandNode* command) {
    const std::string title =
        page.title.empty() && command != nullptr ? with_small_letter(command->summary) : page.title;
    return heading("NAME") +
           fmt::format("{} \\- {}\n", roff::escaped(page.name), roff::escaped(title));
}

std::string own_sections(const Page& page) {
    std::string roff;
    for (const Section& own : page.sections) {
        roff += heading(own.title) + paragraphs(own.paragraphs) + entries(own.entries);
    }
    return roff;
}

}  // namespace

std::string man_page(const Page& page, const Manual& manual) {
    const CommandNode* command = find_command(manual, page.command);
    std::string roff = title_line(page) + about(page, command);
    if (command != nullptr) {
        roff += synopsis(manual, *command);
    }
    roff += heading("DESCRIPTION") + paragraphs(page.description);
    if (command != nullptr) {
        roff += command_list(manual, *command);
        roff += heading("OPTIONS") + options(*command);
    }
    return roff + own_sections(page) + exit_status(page) +
           section("ENVIRONMENT", page.environment) + section("FILES", page.files) +
           examples(page) + see_also(page, manual);
}

}  // namespace trilby::manual
