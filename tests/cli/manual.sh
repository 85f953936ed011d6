# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

share=$(dirname "$program")/../share

# The words of a section of --help, such as "subcommands" or "options".
help_of() { "$program" $1 --help | sed -n "/^$2:/I,/^[^ ]/p" | tail -n +2; }
subcommands_of() { help_of "$1" subcommands | sed -nE 's/^  ([a-z-]+)( .*|$)/\1/p'; }
options_of() { help_of "$1" options | grep -E '^ +-' | grep -oE -- '--[a-z][a-z-]*' | sort -u; }

# The text of a page, with plain hyphens. An installation may have compressed it.
page() { gzip -cdf "$share/man/man$2/$1.$2"* | sed 's/\\-/-/g' > page; }

need_manual() {
    ls "$share"/man/man1/trilby.1* > /dev/null 2>&1 || skip "no manual pages were made"
}

test_manual_has_a_page_for_every_command_with_its_options() {
    need_manual
    local command below option count=0
    for command in $(subcommands_of ""); do
        page "trilby-$command" 1
        expect_in page "\\fBtrilby $command"
        for below in "$command" $(subcommands_of "$command" | sed "s/^/$command /"); do
            for option in $(options_of "$below"); do
                expect_in page "\\fB$option\\fR"
                count=$((count + 1))
            done
        done
    done
    [ "$count" -gt 30 ] || fail "only $count options were found"
}

test_manual_exit_codes_are_those_of_the_docs() {
    need_manual
    local docs code meaning count=0
    docs=$(dirname "$script")/../../docs/exit-codes.md
    [ -e "$docs" ] || skip "docs/exit-codes.md is not here"
    page trilby 1
    while IFS='|' read -r _ code meaning _; do
        [[ $code =~ ^\ [0-9]+\ $ ]] || continue
        meaning=$(echo $meaning)
        grep -A1 -F "\\fB${code// /}\\fR" page | grep -qi "^$meaning\.$" ||
            fail "exit code $code has another meaning in the page than '$meaning'"
        count=$((count + 1))
    done < "$docs"
    [ "$count" -eq "$(sed -n '/^.SH EXIT/,/^.SH ENV/p' page | grep -c '^\.TP')" ] ||
        fail "the page has another number of exit codes than the docs"
}

test_manual_every_error_code_is_in_the_docs() {
    local root code count=0
    root=$(dirname "$script")/../..
    [ -e "$root/docs/exit-codes.md" ] || skip "docs/exit-codes.md is not here"
    while read -r code; do
        grep -q "^| $code |" "$root/docs/exit-codes.md" || fail "exit code $code has no explanation"
        count=$((count + 1))
    done < <(sed -n '/^enum class ErrorCode/,/^};/p' "$root/include/trilby/result.hpp" |
        grep -oP '= \K[0-9]+')
    [ "$count" -gt 5 ] || fail "only $count codes were found"
}

# Pages have no date, since it would change with every build.
test_manual_pages_are_without_warnings() {
    need_manual
    command -v groff > /dev/null || command -v mandoc > /dev/null ||
        skip "needs groff or mandoc"
    local file
    for file in "$share"/man/man[15]/trilby*; do
        gzip -cdf "$file" > page
        if command -v groff > /dev/null; then
            groff -man -ww -z page > out 2>&1
            expect_empty out
        fi
        if command -v mandoc > /dev/null; then
            mandoc -T lint -W warning page | grep -v 'missing date, using ""' > out
            expect_empty out
        fi
    done
}

test_help_of_every_command_fits_into_80_columns() {
    local command below words
    for command in "" $(subcommands_of ""); do
        for below in "" ${command:+$(subcommands_of "$command")}; do
            words="$command $below"
            trilby $words --help
            ! grep -E '.{81}' out || fail "a line of 'trilby $words --help' is too long"
            ! grep ' $' out || fail "a line of 'trilby $words --help' ends with a blank"
        done
    done
}

# The examples with machines of the tests, whose output is the same everywhere.
test_manual_the_readme_shows_what_commands_print() {
    local root command count=0
    root=$(realpath "$(dirname "$script")/../..")
    [ -e "$root/README.md" ] || skip "README.md is not here"
    while read -r command; do
        # The lines of an example are indented; the next command or a line of text ends it.
        awk -v first="    \$ trilby $command" '
            $0 == first { shown = 1; next }
            shown && (/^    \$ / || /^[^ ]/) { exit }
            shown { sub(/^    /, ""); print }' "$root/README.md" > shown
        # shellcheck disable=SC2086
        (cd "$root" && "$program" $command) > out
        diff -u <(printf '%s\n' "$(cat shown)") out > err || fail "README.md shows something else for: $command"
        count=$((count + 1))
    done < <(sed -n 's/^    \$ trilby \(.*--root tests.*\)/\1/p' "$root/README.md")
    [ "$count" -ge 2 ] || fail "README.md has only $count such examples"
}
