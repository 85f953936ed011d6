# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Completion of trilby's command line for bash: trilby itself says what can follow.

_trilby() {
    local rest=${COMP_LINE:0:COMP_POINT} words=('') word split
    # Bash also splits words at = and :, so join those that touch.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD}"; do
        words[-1]+=$word
        rest=${rest#"$word"}
        if [[ $rest == [[:space:]]* ]]; then
            rest=${rest#"${rest%%[![:space:]]*}"}
            words+=('')
        fi
    done
    words[-1]+=$rest
    split=${words[-1]%"$2"}
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        case $word in
            :files) compopt -o default ;;
            :folders) compopt -o dirnames ;;
            *)
                printf -v word %q "${word#"$split"}"
                COMPREPLY+=("$word")
                ;;
        esac
    done < <("${words[0]}" __complete "${words[@]:1}" 2> /dev/null)
}

complete -F _trilby trilby
