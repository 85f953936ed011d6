// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "manual/completions.hpp"
#include "manual/quoting.hpp"

namespace trilby::manual {
namespace {

constexpr std::string_view head = R"(# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Completion of trilby's command line for bash; made from its parser when it was built.

# Offers those of the words that begin with what was typed.
_trilby_offer() {
    local word
    for word; do
        [[ $word == "$current"* ]] && COMPREPLY+=("$word")
    done
}

# Offers the first word of each line that trilby prints.
_trilby_ask() {
    local word _
    compopt -o filenames  # has odd characters quoted
    while read -r word _; do
        _trilby_offer "$word"
    done < <("${COMP_WORDS[0]}" "$@" 2> /dev/null)
}

)";

constexpr std::string_view tail = R"(
_trilby() {
    local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
    local path=trilby word operand='' commands=() options=() values=()
    COMPREPLY=()
    _trilby_syntax "$path"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        _trilby_syntax "$path $word" && path+=" $word"
    done
    # In --option=value, bash makes the sign a word of its own.
    [[ $option == '=' ]] && option=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $current == '=' ]] && current=''
    for word in "${values[@]}"; do
        if [[ ${word%%=*} == "$option" ]]; then
            _trilby_value "${word#*=}"
            return
        fi
    done
    _trilby_offer "${commands[@]}"
    if [[ -n $operand && $current != -* ]]; then
        _trilby_value "$operand"
    elif [[ ${#commands[@]} -eq 0 || $current == -* ]]; then
        _trilby_offer "${options[@]}"
    fi
}

complete -F _trilby trilby
)";

std::string syntax_of(const CommandNode& command) {
    std::vector<std::string> commands;
    for (const CommandNode& below : command.commands) {
        commands.push_back(below.name);
    }
    std::vector<std::string> options;
    std::vector<std::string> values;
    for (const Option& option : command.options) {
        for (const std::string& name : option.names) {
            options.push_back(name);
            if (!option.value.empty()) {
                values.push_back(name + '=' + option.value);
            }
        }
    }
    const std::string operand = command.operands.empty() ? "" : command.operands.front().value;
    return fmt::format(
        "        {})\n"
        "            commands=({})\n"
        "            options=({})\n"
        "            values=({})\n"
        "            operand={}\n"
        "            ;;\n",
        shell_quoted(command.path), shell_words(commands), shell_words(options),
        shell_words(values), shell_quoted(operand));
}

std::string syntax(const CommandNode& tree) {
    std::string script =
        "# Sets what may follow a command; fails for a word that is none.\n"
        "# shellcheck disable=SC2034  # the caller's variables\n"
        "_trilby_syntax() {\n    case $1 in\n";
    for (const CommandNode* command : all_commands(tree)) {
        script += syntax_of(*command);
    }
    return script + "        *) return 1 ;;\n    esac\n}\n\n";
}

std::string value_of(const ValueKind& kind) {
    std::string script = fmt::format("        {})\n", shell_quoted(kind.name));
    if (!kind.words.empty()) {
        std::vector<std::string> words;
        for (const Word& word : kind.words) {
            words.push_back(word.text);
        }
        script += fmt::format("            _trilby_offer {}\n", shell_words(words));
    }
    if (!kind.query.empty()) {
        script += fmt::format("            _trilby_ask {}\n", kind.query);
    }
    if (kind.paths != Paths::none) {
        script += fmt::format("            compopt -o {}\n",
                              kind.paths == Paths::folders ? "dirnames" : "default");
    }
    return script + "            ;;\n";
}

std::string values(const std::vector<ValueKind>& kinds) {
    std::string script =
        "# Offers what can stand for a value. Bash itself offers files where nothing else fits.\n"
        "_trilby_value() {\n    case $1 in\n";
    for (const ValueKind& kind : kinds) {
        script += kind.is_open() ? "" : value_of(kind);
    }
    return script + "    esac\n}\n";
}

}  // namespace

std::string bash_completion(const Manual& manual) {
    return std::string(head) + syntax(manual.tree) + values(manual.kinds) + std::string(tail);
}

}  // namespace trilby::manual
