# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

test_help_lists_the_commands() {
    trilby --help
    expect_code 0
    expect_in out probe
    expect_in out backends
    expect_empty err
}

test_no_arguments_print_the_help() {
    trilby
    expect_code 0
    expect_in out probe
}

test_version_is_one_line() {
    trilby --version
    expect_code 0
    grep -qxE 'trilby [0-9]+\.[0-9]+\.[0-9]+' out || fail "not a version"
}

test_unknown_command_suggests_a_similar_one() {
    trilby prob
    expect_code 64
    expect_in err "did you mean 'probe'?"
    expect_empty out
}

test_unknown_option_is_a_usage_error() {
    trilby probe --nonsense
    expect_code 64
    expect_in err "unexpected '--nonsense'"
    trilby validate --htlm page --check latency
    expect_code 64
    expect_in err "unexpected '--htlm' (did you mean '--html'?)"
}

test_usage_errors_point_to_the_help_of_the_subcommand() {
    trilby backend lsit
    expect_code 64
    expect_in err "unknown command 'lsit' (did you mean 'list'?)"
    expect_in err "see 'trilby backend --help'"
    trilby backend build --jobs 0
    expect_code 64
    expect_in err "see 'trilby backend build --help'"
    trilby backend remove vulkan
    expect_code 64
    expect_in err "'vulkan' is not one of cuda, rocm, cpu"
}

test_numbers_are_decimal() {
    trilby validate --list --seed 010
    expect_code 0
    trilby validate --list --seed 0x10
    expect_code 64
    trilby train fashion-mnist --seed 99999999999999999999
    expect_code 64
    expect_in err "is not a whole number from 0 to 9223372036854775807"
}

test_errors_keep_their_code_if_they_cannot_be_written() {
    [ -c /dev/full ] || skip "/dev/full is not here"
    for arguments in "probe --root /nowhere:66" "validate --bogus:64" "train nothing:64"; do
        # shellcheck disable=SC2086  # words
        "$program" ${arguments%:*} >out 2>/dev/full
        code=$?
        expect_code "${arguments#*:}"
        # shellcheck disable=SC2086
        "$program" ${arguments%:*} >out 2>&-
        code=$?
        expect_code "${arguments#*:}"
    done
}

test_json_is_refused_where_there_is_no_document() {
    trilby probe --capture folder --json
    expect_code 64
    trilby doctor --report file --json
    expect_code 64
    [ ! -e folder ] && [ ! -e file ] || fail "it was made all the same"
}

test_program_does_not_link_libtorch() {
    ldd "$program" > out || skip "ldd does not work here"
    if grep -qE 'lib(torch|c10|cuda|amdhip|dnnl|mkl|openblas)' out; then fail "linked to a compute library"; fi
}

test_probe_shows_cpu_and_memory() {
    trilby probe
    expect_code 0
    expect_in out CPU
    expect_in out Memory
    expect_empty err
}

test_probe_json_parses() {
    trilby probe --json
    expect_code 0
    expect_json
    expect_in out '"schema": 1'
}

test_probe_verbose_shows_sources() {
    trilby probe --verbose
    expect_code 0
    expect_in out /proc/meminfo
}

test_probe_writes_no_color_into_a_pipe() {
    trilby probe
    if grep -q "$(printf '\033')" out; then fail "escape sequence in a file"; fi
}

test_probe_of_a_missing_root_is_exit_code_66() {
    trilby probe --root "$work/none"
    expect_code 66
    expect_in err "$work/none"
    expect_empty out
}

test_probe_of_a_missing_root_is_json_too() {
    trilby probe --json --root "$work/none"
    expect_code 66
    expect_json
    expect_in out '"exit_code": 66'
}

test_probe_of_an_empty_root_invents_nothing() {
    mkdir -p root/proc
    trilby probe --root root
    expect_code 0
    expect_in out unknown
}

test_probe_of_a_folder_without_a_machine_is_exit_code_65() {
    mkdir -p root/tree/sys
    trilby probe --root root
    expect_code 65
    expect_in err "'root' does not hold a machine: it has no proc, no sys, no trilby-recording.json"
    expect_in err "try 'root/tree'"
}

test_probe_of_a_recording_prints_the_same_json() {
    trilby probe --capture "$work/first"
    expect_code 0
    expect_in out "trilby probe --root $work/first"
    trilby probe --capture "$work/second" --root "$work/first"
    expect_code 0
    "$program" probe --json --root "$work/first" > first.json
    "$program" probe --json --root "$work/second" > second.json
    cmp first.json second.json || fail "the recording of a recording differs"
    if grep -qwF "$(uname -n)" -r "$work/second"; then fail "the host name is in the recording"; fi
}

test_capture_overwrites_no_folder() {
    mkdir full
    echo mine > full/file
    trilby probe --capture full
    expect_code 73
    expect_in err "not an empty folder"
    expect_in full/file mine
}

test_capture_into_a_closed_folder_is_exit_code_73() {
    trilby probe --capture /proc/trilby
    expect_code 73
    expect_in err /proc/trilby
}

test_probe_of_broken_notes_is_exit_code_65() {
    mkdir root
    echo '{"recording": 7}' > root/trilby-recording.json
    trilby probe --root root
    expect_code 65
    expect_in err "recording version 7, expected 1"
}

test_half_a_recording_is_refused() {
    trilby probe --capture whole
    expect_code 0
    for size in 0 20; do
        cp -r whole half
        head -c $size whole/trilby-recording.json > half/trilby-recording.json
        for command in probe backends doctor; do
            trilby $command --root half
            expect_code 65
            expect_in err "the recording is incomplete"
        done
        rm -r half
    done
}

test_capture_leaves_only_its_folder() {
    mkdir place
    trilby probe --capture place/machine/
    expect_code 0
    [ "$(ls -A place)" = machine ] || fail "there is more than the recording"
}

test_probe_into_a_full_disk_is_exit_code_74() {
    [ -w /dev/full ] || skip "no /dev/full"
    "$program" probe > /dev/full 2> err
    code=$?
    expect_code 74
    expect_in err "standard output"
}

test_probe_into_a_closed_pipe_ends_quietly() {
    "$program" probe --json 2> err | head -c 1 > out
    expect_empty err
}

test_backends_without_any_is_exit_code_69() {
    mkdir empty
    TRILBY_BACKEND_DIR=$work/empty trilby backends
    expect_code 69
    expect_in err "no backend can be used"
    expect_in out cpu
    TRILBY_BACKEND_DIR=$work/empty trilby backends --backend cpu
    expect_code 69
    expect_in err "unset TRILBY_BACKEND_DIR"
}

test_backends_refuses_a_folder_that_anybody_may_change() {
    install_cpu_backend
    mkdir -p root/sys/bus/pci/devices
    chmod 777 backends
    trilby backends --backend cpu --root root
    expect_code 69
    expect_in err "'$work/backends' may be changed by everybody"
    expect_in err "hint: chmod go-w '$work/backends'"
    chmod 755 backends
    trilby backends --backend cpu --root root
    expect_code 0
}

test_doctor_quiet_reports_that_no_backend_can_be_used() {
    mkdir empty
    TRILBY_BACKEND_DIR=$work/empty trilby doctor --quiet
    expect_code 1
    expect_in out "no backend: "
}

test_backends_picks_the_cpu_without_a_gpu() {
    install_cpu_backend
    mkdir -p root/sys/bus/pci/devices root/dev root/sys/module
    trilby backends --root root
    expect_code 0
    expect_in out "cpu is used: neither cuda nor rocm can be used here."
    expect_in out "no NVIDIA GPU on the PCI bus"
}

test_backends_json_parses_when_refused() {
    install_cpu_backend
    mkdir -p root/sys/bus/pci/devices
    trilby backends --json --backend cuda --root root
    expect_code 69
    expect_json
    expect_in out '"chosen": null'
}

test_backends_override_by_environment_is_checked() {
    install_cpu_backend
    TRILBY_BACKEND=nonsense trilby backends
    expect_code 64
    expect_in err "unknown backend 'nonsense'"
    expect_in err "cuda, rocm, cpu"
}

test_backends_flag_overrides_environment() {
    install_cpu_backend
    TRILBY_BACKEND=nonsense trilby backends --backend cpu
    expect_code 0
    expect_in out "asks for it"
}

test_backends_explain_shows_every_requirement() {
    install_cpu_backend
    mkdir -p root/sys/bus/pci/devices root/dev root/sys/module
    trilby backends --explain --root root
    expect_code 0
    expect_in out "missed    nvidia-gpu: no NVIDIA GPU"
    expect_in out "unknown   amdgpu-driver"
    expect_in out "met       module-installed"
}

# Writes the user's configuration file with these lines.
configure() {
    mkdir -p config/trilby
    printf '%s\n' "$@" > config/trilby/config.toml
    export XDG_CONFIG_HOME=$work/config
}

test_backends_obey_the_configuration() {
    install_cpu_backend
    configure 'backend = "cuda"'
    mkdir -p root/sys/bus/pci/devices
    trilby backends --root root
    expect_code 69
    expect_in err "config.toml:1 asks for the backend cuda"
    TRILBY_BACKEND=cpu trilby backends --root root
    expect_code 0
    expect_in out "asks for it"
}

test_configuration_mistakes_are_reported_with_their_place() {
    configure 'bakend = "cpu"'
    trilby backends
    expect_code 65
    expect_in err "config.toml:1:"
    expect_in err "did you mean 'backend'?"
    configure 'backend = 3'
    trilby backends
    expect_code 65
    expect_in err "'backend' is an integer, expected a string"
    configure 'backend ='
    trilby backends
    expect_code 65
    expect_in err "not valid TOML"
}

test_backends_reports_a_broken_manifest() {
    install_cpu_backend
    echo '{' > backends/trilby-backend-cuda.json
    trilby backends
    expect_code 0
    expect_in out ignored
    expect_in out trilby-backend-cuda.json
}

test_empty_values_are_refused_everywhere() {
    for arguments in "train --resume" "train x --output" "probe --capture" "doctor --report" \
        "doctor --explain" "data fetch fashion-mnist --data" "model fetch resnet18 --from-file" "backends --backend" "probe --root"; do
        # shellcheck disable=SC2086  # words
        trilby $arguments ""
        expect_code 64
        expect_in err "is empty, expected"
        # shellcheck disable=SC2086
        trilby $arguments
        expect_code 64
        expect_in err "needs a value"
    done
}

test_help_is_also_a_command() {
    trilby --help; mv out option
    trilby help
    expect_code 0
    cmp out option || fail "'help' is not '--help'"
    trilby train --help; mv out option
    trilby help train
    expect_code 0
    cmp out option || fail "'help train' is not 'train --help'"
}

test_a_full_disk_is_never_success() {
    [ -c /dev/full ] || skip "/dev/full is not here"
    for arguments in "--version" "--help" "probe --json" "doctor --explain all" "probe"; do
        # shellcheck disable=SC2086  # words
        "$program" $arguments > /dev/full 2> err
        code=$?
        expect_code 74
    done
}

test_usage_errors_are_json_on_request() {
    trilby probe --json --no-such-option
    expect_code 64
    expect_json
    expect_in out '"exit_code": 64'
}

test_backends_report_who_requested_one() {
    export TRILBY_BACKEND=wrong
    trilby backends
    expect_code 64
    expect_in err "TRILBY_BACKEND asks for the unknown backend 'wrong'"
    trilby backends --backend wrong
    expect_in err "--backend asks for the unknown backend 'wrong'"
    unset TRILBY_BACKEND
    mkdir -p "$XDG_CONFIG_HOME/trilby"
    echo 'backend = "wrong"' > "$XDG_CONFIG_HOME/trilby/config.toml"
    trilby backends
    expect_code 65
    expect_in err "config.toml:1:11"
}

test_configuration_that_is_a_folder_is_reported() {
    mkdir -p "$XDG_CONFIG_HOME/trilby/config.toml"
    trilby backends
    expect_code 66
    expect_in err "Is a directory"
}
