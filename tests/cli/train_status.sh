# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# The status of a run that Kubeflow Trainer gets.

. "$(dirname "$script")/training.sh"

table_words=(rows.csv --target price --epochs 4 --threads 1)

# Sets the variables as Kubeflow Trainer does, for the address $1.
set_variables() {
    export KUBEFLOW_TRAINER_SERVER_URL=$1
    export KUBEFLOW_TRAINER_SERVER_CA_CERT=$work/trainer/certificate.pem
    export KUBEFLOW_TRAINER_SERVER_TOKEN=$work/trainer/token
}

# Starts the server, whose first answer is as $1 says, and makes the data of the runs.
need_trainer() {
    command -v openssl > /dev/null || skip "needs openssl for a certificate"
    mkdir trainer
    echo first.secret.token > trainer/token
    mkfifo keep_open
    python3 "$(dirname "$script")/trainer_server.py" trainer < keep_open > ready &
    exec 9> keep_open
    wait_until grep -q ready ready
    read -r _ port plain_port < ready
    set_variables "https://localhost:$port/$1/status"
    make_data table rows.csv
}

# A Python expression about the posts, the content of their bodies, and the metrics of the last one.
expect_posts() {
    python3 - "$1" <<'END' || fail "not true: $1"
import json, sys
posts = [json.loads(line) for line in open("trainer/posts")]
bodies = [post["body"]["trainerStatus"] for post in posts]
last = {metric["name"]: metric["value"] for metric in bodies[-1]["metrics"]} if posts else {}
if not eval(sys.argv[1]):
    sys.exit(str(posts))
END
}

# One warning, with the reason $1; the run is as it is without a server.
expect_only_a_warning() {
    expect_code 0
    expect_in err "trilby: warning: Kubeflow Trainer does not get the progress of this run: "
    expect_in err "$1"
    [ "$(grep -c "" err)" -eq 1 ] || fail "more than one line: $(cat err)"
    cmp alone/checkpoint.safetensors run/checkpoint.safetensors || fail "the bits differ"
    expect_no_secret
    rm -r run
}

# Makes the run "alone", to compare others with.
train_alone() {
    env -u KUBEFLOW_TRAINER_SERVER_URL "$program" train "${table_words[@]}" --output alone > out 2> err ||
        fail "the run without a server failed"
}

expect_no_secret() { ! grep -rqE "secret|Bearer" out err run || fail "the token is in the output or in the run"; }

# An installation of its own, where libexec/trilby/trilby-fetch can be replaced.
install_apart() {
    local prefix
    prefix=$(dirname "$(dirname "$(realpath "$program")")")
    mkdir -p apart/bin apart/libexec/trilby
    for folder in "$prefix"/lib* "$prefix/share"; do
        [ "$(basename "$folder")" = libexec ] || ln -s "$folder" "apart/$(basename "$folder")"
    done
    cp "$(realpath "$program")" apart/bin/trilby
    cp "$prefix/libexec/trilby/trilby-worker" apart/libexec/trilby/
    program=$work/apart/bin/trilby
}

# What stands in for trilby-fetch in that installation.
replace_fetch() {
    printf '#!/bin/sh\n%s\n' "$1" > apart/libexec/trilby/trilby-fetch
    chmod +x apart/libexec/trilby/trilby-fetch
}

test_status_of_a_run_is_posted() {
    need_trainer good
    trilby train "${table_words[@]}" --output run
    expect_code 0
    expect_empty err
    expect_posts 'all(post["headers"]["Authorization"] == "Bearer first.secret.token" for post in posts)'
    expect_posts 'all(post["headers"]["Content-Type"] == "application/json" for post in posts)'
    expect_posts 'all(post["path"] == "/good/status" for post in posts)'
    expect_posts 'all(list(post["body"]) == ["trainerStatus"] for post in posts)'
    expect_posts 'all(type(body["progressPercentage"]) is int for body in bodies)'
    expect_posts 'bodies[0]["progressPercentage"] < 100'
    expect_posts '(bodies[-1]["progressPercentage"], bodies[-1]["estimatedRemainingSeconds"]) == (100, 0)'
    expect_posts '(last["epoch"], last["epochs"]) == ("4", "4")'
    expect_posts 'float(last["test_rmse"]) == json.load(open("run/result.json"))["test"]["rmse"]'
    expect_posts 'all(body["lastUpdatedTime"].endswith("Z") for body in bodies)'
    expect_no_secret
}

test_status_is_posted_at_most_every_five_seconds() {
    need_trainer good
    local before=$SECONDS
    trilby train rows.csv --target price --epochs 80 --threads 1 --output run
    expect_code 0
    [ "$(wc -l < run/metrics.jsonl)" -eq 80 ] || fail "not every epoch had an event"
    # The first and the last one come at once.
    expect_posts "2 <= len(posts) <= 2 + $((SECONDS - before + 1)) / 5"
}

test_status_is_posted_with_the_newest_token() {
    need_trainer rotate
    echo second.secret.token > trainer/next-token
    trilby train "${table_words[@]}" --output run
    expect_code 0
    expect_empty err
    expect_posts 'posts[0]["headers"]["Authorization"] == "Bearer first.secret.token"'
    expect_posts 'posts[-1]["headers"]["Authorization"] == "Bearer second.secret.token"'
    expect_no_secret
}

test_status_is_posted_without_encryption_only_on_this_machine() {
    need_trainer good
    set_variables "http://127.0.0.1:$plain_port/good/status"
    # A proxy would see the token.
    http_proxy=http://localhost:1 trilby train "${table_words[@]}" --output run
    expect_code 0
    expect_empty err
    expect_posts 'bodies[-1]["progressPercentage"] == 100'
}

test_status_that_the_server_refuses_is_only_a_warning() {
    need_trainer good
    train_alone
    for answer in 401 404 500; do
        set_variables "https://localhost:$port/$answer/status"
        trilby train "${table_words[@]}" --output run
        expect_only_a_warning "the server answered $answer, expected 200"
    done
    expect_posts '{post["path"] for post in posts} == {"/401/status", "/404/status", "/500/status"}'
}

test_status_does_not_follow_a_redirection() {
    need_trainer redirect
    train_alone
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "the server answered 307, expected 200"
    expect_posts '{post["path"] for post in posts} == {"/redirect/status"}'
}

test_status_survives_a_server_that_misbehaves() {
    need_trainer good
    train_alone
    set_variables "https://localhost:$port/hang/status"
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "timed out"
    set_variables "https://localhost:$port/reset/status"
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning ""
    set_variables "https://localhost:$port/endless/status"
    trilby train "${table_words[@]}" --output run
    expect_code 0
    expect_empty err
}

test_status_without_a_server_is_only_a_warning() {
    need_trainer good
    train_alone
    set_variables "https://localhost:1/status"
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "localhost port 1"
    set_variables "http://trainer.example/status"
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "KUBEFLOW_TRAINER_SERVER_URL is not an HTTPS address"
    unset KUBEFLOW_TRAINER_SERVER_TOKEN
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "KUBEFLOW_TRAINER_SERVER"
    expect_posts 'not posts'
}

test_status_needs_its_files() {
    need_trainer good
    train_alone
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout other.key -out other.crt 2> /dev/null
    for other in "$work/other.crt" "$work/missing.crt" "$work/rows.csv"; do
        KUBEFLOW_TRAINER_SERVER_CA_CERT=$other trilby train "${table_words[@]}" --output run
        expect_only_a_warning ""
    done
    rm trainer/token
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "trainer/token"
    expect_posts 'not posts'
}

test_status_after_a_signal_is_that_of_the_checkpoint() {
    need_trainer good
    start train rows.csv --target price --epochs 4000 --threads 1 --output run
    wait_until [ -s run/metrics.jsonl ]
    wait_until [ -s trainer/posts ]
    pgrep -P "$trilby_pid" -a > children
    expect_in children "trilby-fetch report"
    ! grep -qE "secret|$port" children || fail "an argument has a secret: $(cat children)"
    kill -TERM "$trilby_pid"; wait "$trilby_pid"; code=$?
    expect_code 130
    expect_in err "the checkpoint is saved"
    ! grep -q warning err || fail "$(cat err)"
    expect_posts 'len(posts) >= 2 and bodies[-1]["progressPercentage"] < 100'
    expect_posts 'int(last["epoch"]) == sum(1 for _ in open("run/metrics.jsonl"))'
    expect_no_secret
    pgrep -P "$trilby_pid" && fail "a process is left"
    return 0
}

test_status_needs_trilby_fetch() {
    need_trainer good
    train_alone
    install_apart
    trilby train "${table_words[@]}" --output run
    expect_only_a_warning "trilby-fetch"
    local ends=("exit 3" 'kill -KILL $$' 'kill -STOP $$')
    local reasons=("trilby-fetch ended with code 3" "trilby-fetch ended with signal 9" "trilby-fetch does not end")
    for i in 0 1 2; do
        replace_fetch "${ends[i]}"
        trilby train "${table_words[@]}" --output run
        expect_only_a_warning "${reasons[i]}"
    done
    expect_posts 'not posts'
}

test_status_starts_nothing_without_an_address() {
    need_trainer good
    install_apart
    replace_fetch "touch $work/started"
    unset KUBEFLOW_TRAINER_SERVER_URL
    trilby train "${table_words[@]}" --output run
    expect_code 0
    expect_empty err
    [ ! -e started ] || fail "trilby-fetch was started"
}

test_status_is_posted_by_one_process_of_a_trainjob() {
    need_engine gloo; need_trainer good
    local before=$SECONDS rank pids=() group_port
    group_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    for rank in 1 0; do
        PET_NNODES=2 PET_NODE_RANK=$rank PET_NPROC_PER_NODE=1 PET_MASTER_ADDR=127.0.0.1 PET_MASTER_PORT=$group_port \
            "$program" train "${table_words[@]}" --interface lo --output run > "out-$rank" 2> "err-$rank" &
        pids[rank]=$!
    done
    wait "${pids[0]}" || fail "process 0: $(cat err-0)"
    wait "${pids[1]}" || fail "process 1: $(cat err-1)"
    grep -q "processes   2, started by Kubeflow, over gloo" out-0 || fail "$(cat out-0)"
    expect_posts "2 <= len(posts) <= 2 + $((SECONDS - before + 1)) / 5"
    expect_posts 'bodies[-1]["progressPercentage"] == 100'
}
