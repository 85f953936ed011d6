# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016

share=$(dirname "$program")/../share
bash_file=$share/bash-completion/completions/trilby
zsh_file=$share/zsh/site-functions/_trilby
fish_file=$share/fish/vendor_completions.d/trilby.fish
type_in_shell=$(dirname "$script")/type_in_shell.py

need() {
    command -v "$1" > /dev/null || skip "needs $1"
    trilby_folder=$(dirname "$program")
    export PATH=$trilby_folder:$PATH
}

# Arguments: shell, its file, what is typed before Tab, what it becomes.
expect_typed() {
    "$type_in_shell" "$1" "$2" "$3" > out 2> err || fail "$1 did not complete '$3'"
    [ "$(cat out)" = "$4" ] || fail "'$3' became '$(cat out)' in $1"
}
expect_bash() { expect_typed bash "$bash_file" "$@"; }
expect_zsh() { expect_typed zsh "$zsh_file" "$@"; }
# Arguments: a line, and what fish offers for it among others.
expect_fish() {
    fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$fish_file" "$1" > out 2> err
    expect_empty err
    expect_in out "$2"
}
expect_complete() {
    trilby __complete "${@:2}"
    expect_code 0
    expect_empty err
    expect_in out "$1"
}

test_completion_prints_a_line_for_each_candidate() {
    expect_complete "probe	Show " pro
    expect_complete "--only=nvidia" doctor --only=nv
    expect_complete ":folders" probe --root "my ma"
    [ "$(wc -l < out)" -eq 1 ] || fail "more than one line"
}

test_completion_offers_the_installed_recipes() {
    expect_complete "fashion-mnist-accurate	10 kinds" train fashion-mnist-a
    expect_in out ":files"
    expect_complete "fashion-mnist-accurate	10 kinds" train --show fashion-mnist-a
}

test_completion_is_silent_about_errors() {
    trilby __complete
    expect_code 0
    expect_empty out
    trilby __complete nonsense "$(printf '\33[31m')"
    expect_code 0
    expect_empty out
    expect_empty err
    "$program" __complete "" > /dev/full 2> err || fail "exit code $?"
    expect_empty err
}

test_completion_is_hidden() {
    trilby --help
    ! grep -q __complete out || fail "--help shows __complete"
}

test_completion_bash_commands_options_and_values() {
    need bash
    expect_bash "trilby pro" "trilby probe "
    expect_bash "trilby data fetch --u" "trilby data fetch --url-base "
    expect_bash "trilby model fetch res" "trilby model fetch resnet18 "
    expect_bash "trilby model fetch resnet18 --fr" "trilby model fetch resnet18 --from-file "
    expect_bash "trilby doctor --only n" "trilby doctor --only nvidia "
    expect_bash "trilby doctor --only=nv" "trilby doctor --only=nvidia "
    expect_bash "trilby doctor --only=" "trilby doctor --only="
    expect_bash "trilby doctor --explain=TRL-P002" "trilby doctor --explain=TRL-P002 "
    expect_bash "trilby train fashion-mnist-a" "trilby train fashion-mnist-accurate "
    expect_bash "trilby train --epochs " "trilby train --epochs "
}

test_completion_bash_files_and_folders() {
    need bash
    mkdir "my machine" backend
    touch a:b.toml
    expect_bash "trilby probe --root my" 'trilby probe --root my\ machine/'
    expect_bash "trilby probe --root=my" 'trilby probe --root=my\ machine/'
    expect_bash "trilby train a" 'trilby train a\:b.toml '
    expect_bash "trilby backend rem" "trilby backend remove "
    expect_bash "trilby train --data=my\\ machine --epo" "trilby train --data=my\\ machine --epochs "
    expect_bash 'trilby train --data "a:b =" --epo' 'trilby train --data "a:b =" --epochs '
    expect_bash "trilby train --data a:b fashion-mnist-a" \
        "trilby train --data a:b fashion-mnist-accurate "
}

test_completion_bash_runs_nothing_that_was_typed() {
    need bash
    expect_bash 'trilby train $(touch here) --epo' 'trilby train $(touch here) --epochs '
    expect_bash 'trilby doctor --only=`touch here`' 'trilby doctor --only=`touch here`'
    bash --norc -c '. "$1"; COMP_WORDS=("\$(touch here)" "") COMP_CWORD=1 COMP_LINE="\$(touch here) "
        COMP_POINT=${#COMP_LINE}; _trilby trilby ""' - "$bash_file" > out 2> err
    expect_empty err
    [ ! -e here ] || fail "it was run"
}

test_completion_in_the_middle_of_a_line() {
    need bash
    local back
    back=$(printf '\2%.0s' {1..7})  # Ctrl-B, over " --json"
    expect_bash "trilby pro --json$back" "trilby probe --json"
    expect_bash "trilby doctor --only=n --json$back" "trilby doctor --only=nvidia --json"
    expect_bash "trilby doctor --only n --json$back" "trilby doctor --only nvidia --json"
}

test_completion_zsh() {
    need zsh
    mkdir "my machine"
    touch a:b.toml
    expect_zsh "trilby pro" "trilby probe "
    expect_zsh "trilby data fe" "trilby data fetch "
    expect_zsh "trilby doctor --only=nv" "trilby doctor --only=nvidia "
    expect_zsh "trilby doctor --explain TRL-P002" "trilby doctor --explain TRL-P002 "
    expect_zsh "trilby train fashion-mnist-a" "trilby train fashion-mnist-accurate "
    expect_zsh "trilby train a" "trilby train a:b.toml "
    expect_zsh "trilby probe --root my" 'trilby probe --root my\ machine/'
    expect_zsh "trilby probe --root=my" 'trilby probe --root=my\ machine/'
    expect_zsh "trilby train --data 'my machine' --epo" \
        "trilby train --data 'my machine' --epochs "
    expect_zsh 'trilby train $(touch here) --epo' 'trilby train $(touch here) --epochs '
    [ ! -e here ] || fail "it was run"
}

test_completion_fish() {
    need fish
    mkdir "my machine"
    touch a:b.toml
    expect_fish "trilby pro" "probe	Show "
    expect_fish "trilby data " "fetch	Download"
    expect_fish "trilby doctor --only=nv" "--only=nvidia"
    expect_fish "trilby train --data data --epo" "--epochs	Number"
    expect_fish "trilby doctor --explain TRL-P002" "TRL-P002	"
    expect_fish "trilby train fashion-mnist-a" "fashion-mnist-accurate	10 kinds"
    expect_fish "trilby train a" "a:b.toml"
    expect_fish "trilby doctor --report=a" "--report=a:b.toml"
    expect_fish "trilby probe --root my" "my machine/"
    expect_fish "trilby probe --root=my\\ ma" "--root=my machine/"
    expect_fish 'trilby train --data "$(touch here)" --epo' "--epochs"
    [ ! -e here ] || fail "it was run"
}
