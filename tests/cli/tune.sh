# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# A table, and a backend that pretends to learn it: its error is least for a learning rate of 0.01.
prepare_search() {
    python3 "$(dirname "$script")/made_data.py" table rows.csv
    pretend_cpu_backend_is learns
}

tune() { trilby tune rows.csv --target price --epochs 3 --time "${time:-30s}" "$@"; }

# The value of a Python expression on the document in a file.
value_in() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print($2)" "$1"; }
expect_value() {
    local found
    found=$(value_in "$1" "$2")
    [ "$found" = "$3" ] || fail "$2 in $1 is '$found', expected '$3'"
}

test_tune_finds_better_settings_and_shows_all_that_was_tried() {
    prepare_search
    tune --set optimizer.learning_rate=0.1 --vary optimizer.learning_rate=0.01,0.03,2.0 --output found
    expect_code 0
    expect_in out "the recipe's own settings and 3 others"
    expect_in out "better than the recipe's own settings, beyond the spread of the seeds"
    expect_in out "best        optimizer.learning_rate=0.01"
    expect_in out "the loss is not a number"
    expect_in out "trilby train found/best.toml"
    expect_value found/search.json "d['verdict']['conclusion']" better
    expect_value found/search.json "d['trials'][0]['changes']" "[]"
    expect_value found/search.json "sum(t['state'] == 'failed' for t in d['trials'])" 1
    expect_value found/search.json "sum(t['stage'] == 'compare' for t in d['trials'])" 9
    grep -q 'learning_rate = 0.01' found/best.toml || fail "best.toml has other settings"
    grep -q 'epochs = 3' found/best.toml || fail "best.toml has other epochs"
    [ -s found/trial-1/result.json ] || fail "a trial has no run"
    trilby runs found
    expect_code 0
    expect_in out "trial-1"
}

test_tune_says_when_the_recipes_own_settings_are_the_best() {
    prepare_search
    tune --set optimizer.learning_rate=0.01 --vary optimizer.learning_rate=0.1,0.001
    expect_code 0
    expect_in out "the recipe's own settings are the best of all that were compared"
    [ -s searches/rows-1/best.toml ] || fail "the folder has another name"
    cmp -s searches/rows-1/best.toml searches/rows-1/default.toml || fail "best.toml has other settings"
}

# Whether two searches tried the same settings, as far as both had time.
tried_the_same() {
    python3 - "$1/search.json" "$2/search.json" <<'EOF'
import json, sys
tried = [[t["changes"] for t in json.load(open(file))["trials"] if t["stage"] == "search"] for file in sys.argv[1:]]
sys.exit(any(one != other for one, other in zip(*tried)))
EOF
}

test_tune_draws_the_same_settings_with_the_same_seed() {
    prepare_search
    for seed in 7 8; do
        time=5s tune --seed $seed --seeds 1 --output a$seed
        expect_code 0
    done
    time=5s tune --seed 7 --seeds 1 --output again
    tried_the_same a7 again || fail "the same seed draws other settings"
    if tried_the_same a7 a8; then fail "the seed does nothing"; fi
}

test_tune_json_prints_one_document() {
    prepare_search
    tune --vary optimizer.learning_rate=0.01,0.1 --seeds 1 --json
    expect_code 0
    expect_json
    expect_in out '"conclusion": "not_compared"'
    expect_in err "trial-1"
}

test_tune_mistakes_are_found_before_the_first_trial() {
    prepare_search
    tune --vary network.witdh=1,2
    expect_code 65
    expect_in err "--vary: [network]: unknown key 'witdh' (did you mean 'width'?)"
    tune --vary network.width=0,2
    expect_code 65
    tune --vary data.test=0.1,0.2 --json
    expect_code 64
    expect_json
    tune --vary network.width
    expect_code 64
    tune --set network.width=64 --vary network.width=64
    expect_code 64
    expect_in err "nothing to choose from"
    tune --set data.validation=0.0
    [ "$code" -ne 0 ] || fail "there is nothing to decide by"
    trilby tune
    expect_code 64
    trilby tune nowhere.csv
    expect_code 66
    [ ! -e searches ] || fail "a folder was made for nothing"
}

test_tune_time_that_is_too_short_is_refused() {
    prepare_search
    time=0.01s tune
    expect_code 64
    expect_in err "--time is too short"
    [ ! -e searches ] || fail "a folder was made for nothing"
}

test_tune_ends_if_nothing_can_be_trained() {
    prepare_search
    tune --set optimizer.learning_rate=3.0 --vary optimizer.learning_rate=2.0..9.0 --output run
    expect_code 1
    expect_in err "no training succeeded; the last: the loss is not a number"
    expect_value run/search.json "len(d['trials'])" 5
}

test_tune_crashing_backend_is_reported() {
    prepare_search
    pretend_cpu_backend_is crash
    # Sanitizers would catch the signal.
    export ASAN_OPTIONS=handle_segv=0 TSAN_OPTIONS=handle_segv=0
    tune --vary optimizer.learning_rate=0.01,0.1
    expect_code 1
    expect_in err "crashed"
    [ ! -e searches ] || fail "a folder was made for nothing"
}

test_tune_is_interrupted_and_resumed() {
    prepare_search
    export TRILBY_TEST_PAUSE_MS=100
    start tune rows.csv --target price --epochs 3 --time 60s --vary optimizer.learning_rate=0.01,0.03,0.1 \
        --output run --backend cpu
    has_three_trials() { [ "$(grep -c '^trial-' out)" -ge 3 ]; }
    wait_until has_three_trials
    interrupt
    expect_code 130
    expect_in err "continue with: trilby tune --resume run --backend cpu"
    expect_in out "best        "
    unset TRILBY_TEST_PAUSE_MS
    cp run/search.json before.json
    trilby tune --resume run
    expect_code 0
    done_before=$(value_in before.json "[t for t in d['trials'] if t['state'] == 'done']")
    expect_value run/search.json "d['trials'][:$(value_in before.json "sum(t['state'] == 'done' for t in d['trials'])")]" \
        "$done_before"
    expect_value run/search.json "len({(t['stage'], t['candidate'], t['seed'], t['epochs']) for t in d['trials']})" \
        "$(value_in run/search.json "len(d['trials'])")"
    cp run/search.json before.json
    trilby tune --resume run
    expect_code 0
    expect_value run/search.json "d['trials']" "$(value_in before.json "d['trials']")"
}

test_tune_resume_takes_the_settings_of_the_search() {
    prepare_search
    tune --vary optimizer.learning_rate=0.01,0.1 --seeds 1 --output run
    trilby tune rows.csv --resume run
    expect_code 64
    trilby tune --resume run --vary network.width=1,2
    expect_code 64
    trilby tune --resume nowhere
    expect_code 66
    tune --output run
    expect_code 73
    sed -i 's/"trial-1"/"..\/trial-1"/' run/search.json
    trilby tune --resume run --json
    expect_code 65
    expect_json
}
