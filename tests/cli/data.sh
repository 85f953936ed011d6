# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

test_data_show_tells_types_ranges_and_missing_values() {
    printf 'size,color,day\n1.5,red,2024-01-05\n,blue,2024-01-02\n4,red,2024-02-01\n' > t.csv
    trilby data show t.csv
    expect_code 0
    expect_in out "t.csv: a table of 3 rows and 3 columns"
    expect_in out "size   number, 1.5 to 4, mean 2.75, deviation 1.25; 1 missing"
    expect_in out "color  category, 2 values: red 2, blue 1"
    expect_in out "day    date, 2024-01-02 to 2024-02-01"
    trilby data show t.csv --json
    expect_code 0
    expect_json
    expect_in out '"kind": "table"'
}

test_data_show_finds_a_time_in_several_columns() {
    printf 'Date;Time;power\n16/12/2006;17:24:00;4\n16/12/2006;17:25:00;5\n16/12/2006;17:26:00;5,5\n' > s.csv
    trilby data show s.csv
    expect_code 0
    expect_in out "a series of 3 rows, 1 minute apart, from 2006-12-16 17:24:00 to"
    expect_in out "time: 'Date' and 'Time', in steps of 1 minute"
    trilby data show s.csv --json
    expect_json
    expect_in out '"column": "Date + Time"'
}

test_data_show_is_short_for_many_columns() {
    { seq -s , 1000 | sed 's/[0-9]*/c&/g'; for i in 1 5 3 7; do seq -s , "$i" $((i + 999)); done; } > wide.csv
    trilby data show wide.csv
    expect_code 0
    expect_in out "a table of 4 rows and 1,000 columns"
    expect_in out "columns: 1,000 number"
    expect_in out "960 more columns; --all shows them"
    [ "$(wc -l < out)" -lt 60 ] || fail "$(wc -l < out) lines"
    trilby data show wide.csv --all
    [ "$(grep -c '^  c' out)" -eq 1000 ] || fail "not every column"
    trilby data show wide.csv --json
    expect_json
    [ "$(grep -c '"missing": 0' out)" -eq 1000 ] || fail "not every column"
}

test_data_show_understands_a_folder_of_idx_files() {
    python3 "$(dirname "$script")/made_data.py" digits digits
    trilby data show digits
    expect_code 0
    expect_in out "120 images of 2 classes"
    expect_in out "28 x 28 pixels, gray"
    trilby data show digits --json
    expect_json
    head -c 1000 digits/t10k-images-idx3-ubyte > short && mv short digits/t10k-images-idx3-ubyte
    trilby data show digits
    expect_code 65
    expect_in err "ends in the middle of its elements"
}

test_data_show_tells_series_and_text_apart() {
    printf 'when,load\n2024-01-01,5\n2024-01-02,6\n2024-01-04,5\n2024-01-05,5\n' > s.csv
    trilby data show s.csv
    expect_code 0
    expect_in out "a series of 4 rows, 1 day apart, from 2024-01-01 to 2024-01-05, with 1"
    printf 'Once upon a time, there was\na hat.\n' > story
    trilby data show story
    expect_code 0
    expect_in out "text of 35 characters in 2 lines"
}

test_data_show_says_what_is_wrong_and_where() {
    printf 'a,b\n1,2\n3\n' > ragged.csv
    trilby data show ragged.csv
    expect_code 65
    expect_in err "line 3 of 'ragged.csv' has 1 field, the header has 2"
    trilby data show nothing.csv
    expect_code 66
    mkdir empty
    trilby data show empty --json
    expect_code 65
    expect_json
}

test_data_list_shows_where_the_data_sets_are() {
    trilby data list
    expect_code 0
    expect_in out fashion-mnist
    expect_in out t10k-labels-idx1-ubyte.gz
    trilby data list --json
    expect_code 0
    expect_json
    expect_in out '"sha256"'
}

test_data_path_prefers_the_users_folder() {
    mkdir -p "$work/home/trilby/datasets/fashion-mnist"
    for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
        touch "home/trilby/datasets/fashion-mnist/$name-ubyte.gz"
    done
    XDG_DATA_HOME=$work/home trilby data path fashion-mnist
    expect_code 0
    [ "$(cat out)" = "$work/home/trilby/datasets/fashion-mnist" ] || fail "another folder"
}

test_data_unknown_name_is_a_usage_error() {
    for command in path fetch; do
        trilby data "$command" fashion-mnits
        expect_code 64
        expect_in err "did you mean 'fashion-mnist'?"
    done
}

test_data_fetch_speaks_https_only() {
    trilby data fetch fashion-mnist --url-base http://localhost/ --data here
    expect_code 64
    expect_in err "expected https://"
    [ ! -e here ] || fail "a folder was made for nothing"
}

test_data_fetch_without_a_network_says_what_to_do() {
    trilby data fetch fashion-mnist --url-base https://localhost:1/ --data here
    expect_code 69
    expect_in err "by hand"
    expect_empty out
    [ ! -e here ] || fail "an empty folder is left"
}

test_data_fetch_into_an_unwritable_folder_is_refused() {
    trilby data fetch fashion-mnist --data /proc/trilby
    expect_code 73
    expect_in err /proc/trilby
}

test_data_fetch_refuses_other_content() {
    start_server train-images-idx3-ubyte.gz
    trilby data fetch fashion-mnist --url-base "$url/good" --data here --json
    stop_server
    expect_code 65
    expect_json
    expect_in err "expected 26421880"
    [ ! -e here ] || fail "something was kept"
}

test_data_fetch_keeps_its_part_when_interrupted() {
    start_server train-images-idx3-ubyte.gz
    start data fetch fashion-mnist --url-base "$url/stall" --data here
    wait_until [ -s here/train-images-idx3-ubyte.gz.part ]
    interrupt
    stop_server
    expect_code 130
    [ -s here/train-images-idx3-ubyte.gz.part ] || fail "nothing was kept"
}
