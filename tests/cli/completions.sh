# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016

share=$(dirname "$program")/../share
bash_file=$share/bash-completion/completions/trilby
zsh_file=$share/zsh/site-functions/_trilby
fish_file=$share/fish/vendor_completions.d/trilby.fish
type_in_shell=$(dirname "$script")/type_in_shell.py

need() {
    [ -e "$1" ] || skip "no completions were made"
    command -v "$2" > /dev/null || skip "needs $2"
    trilby_folder=$(dirname "$program")
    export PATH=$trilby_folder:$PATH
}

# Arguments: the words of a command line; the last one is completed. What is offered is then in out,
# and what is left to bash too.
bash_offers() {
    bash --norc -c '
        set -u
        . "$1"
        shift
        compopt() { echo "compopt $*"; }
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _trilby
        printf "%s\n" "${COMPREPLY[@]}"' - "$bash_file" "$@" > out 2> err
    expect_empty err
}
fish_offers() {
    fish --no-config -c "source '$fish_file'; complete -C'$1'" > out 2> err
    expect_empty err
}
# Arguments: shell, its file, what is typed before Tab, what it becomes.
expect_typed() {
    "$type_in_shell" "$1" "$2" "$3" > out 2> err || fail "$1 did not complete '$3'"
    [ "$(cat out)" = "$4" ] || fail "'$3' became '$(cat out)' in $1"
}
expect_out() {
    [ "$(grep . out | sort | paste -sd ' ')" = "$*" ] || fail "expected '$*'"
}

test_completion_bash_offers_commands_and_options() {
    need "$bash_file" bash
    bash_offers trilby p
    expect_out probe
    bash_offers trilby data ""
    expect_out fetch list path
    bash_offers trilby data fetch --u
    expect_out --url-base
    bash_offers trilby probe --r
    expect_out --root --runtimes
    bash_offers trilby nonsense --v
    expect_out --version
}

test_completion_bash_offers_values() {
    need "$bash_file" bash
    bash_offers trilby doctor --only n
    expect_out nvidia
    bash_offers trilby doctor --only = ""
    expect_out amd container cpu nvidia system
    bash_offers trilby doctor --only =
    expect_out amd container cpu nvidia system
    bash_offers trilby backends --backend ""
    expect_out cpu cuda rocm
    bash_offers trilby doctor --explain TRL-P002
    expect_out TRL-P002
    bash_offers trilby train --epochs ""
    expect_out ""
    bash_offers trilby probe --root ""
    expect_out compopt -o dirnames
    bash_offers trilby doctor --report ""
    expect_out compopt -o default
}

test_completion_bash_asks_for_the_recipes() {
    need "$bash_file" bash
    bash_offers "$program" train fashion-mnist-a
    expect_in out fashion-mnist-accurate
    expect_in out "compopt -o default"
    bash_offers trilby train --show = fashion-mnist-a
    expect_in out fashion-mnist-accurate
}

test_completion_bash_runs_nothing_that_was_typed() {
    need "$bash_file" bash
    bash_offers trilby train '$(touch here)'
    bash_offers trilby doctor --only '`touch here`'
    bash_offers '$(touch here)' train ""
    [ ! -e here ] || fail "it was run"
}

test_completion_bash_as_typed() {
    need "$bash_file" bash
    mkdir "my machine"
    expect_typed bash "$bash_file" "trilby doctor --only=nv" "trilby doctor --only=nvidia "
    expect_typed bash "$bash_file" "trilby train fashion-mnist-" \
        "trilby train fashion-mnist-accurate "
    expect_typed bash "$bash_file" "trilby probe --root=my" 'trilby probe --root=my\ machine/'
}

test_completion_zsh_as_typed() {
    need "$zsh_file" zsh
    mkdir "my machine"
    expect_typed zsh "$zsh_file" "trilby pr" "trilby probe "
    expect_typed zsh "$zsh_file" "trilby data fe" "trilby data fetch "
    expect_typed zsh "$zsh_file" "trilby doctor --only=nv" "trilby doctor --only=nvidia "
    expect_typed zsh "$zsh_file" "trilby doctor --explain TRL-P002" \
        "trilby doctor --explain TRL-P002 "
    expect_typed zsh "$zsh_file" "trilby train fashion-mnist-" \
        "trilby train fashion-mnist-accurate "
    expect_typed zsh "$zsh_file" "trilby probe --root my" 'trilby probe --root my\ machine/'
}

test_completion_fish() {
    need "$fish_file" fish
    mkdir "my machine"
    fish_offers "trilby pr"
    expect_in out probe
    fish_offers "trilby data "
    expect_in out "fetch	Download"
    fish_offers "trilby doctor --only=nv"
    expect_in out nvidia
    fish_offers "trilby train --data data --epo"
    expect_in out --epochs
    fish_offers "trilby doctor --explain TRL-P002"
    expect_in out "TRL-P002	A variable restricts"
    fish_offers "trilby train fashion-mnist-"
    expect_in out "fashion-mnist-accurate	10 kinds"
    fish_offers "trilby probe --root my"
    expect_in out "my machine/"
}
