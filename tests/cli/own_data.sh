# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# People's own data, without a recipe: from a file to a prediction.

# shellcheck source=tests/cli/training.sh
. "$(dirname "$script")/training.sh"

# The quantiles of its columns are more than 8 MiB.
test_own_table_with_a_thousand_columns_is_learned() {
    python3 - <<'END' > wide.csv
import random
print(",".join(f"x{i}" for i in range(1000)))
for _ in range(600):
    print(",".join(f"{random.random():.6f}" for _ in range(1000)))
END
    trilby train wide.csv --target x0 --epochs 1 --set network.width=16 --set network.members=1 --output run
    expect_code 0
    trilby evaluate run
    expect_code 0
}

test_own_table_of_numbers_goes_to_predictions() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 20 --output run
    expect_code 0
    expect_empty err
    expect_in out "decided"
    expect_in out "test RMSE"
    expect_in out "baseline"
    trilby evaluate run
    expect_code 0
    expect_in out "RMSE"
    trilby evaluate run --json
    expect_json
    trilby predict run rows.csv
    expect_code 0
    [ "$(wc -l < out)" -eq 401 ] || fail "not one line per row and a header"
    head -3 rows.csv | cut -d, -f1-5 > new.csv  # without the target
    "$program" predict run < new.csv > out 2> err || fail "rows on standard input"
    [ "$(wc -l < out)" -eq 3 ] || fail "not one line per row and a header"
    trilby predict run new.csv --json
    expect_json
}

test_own_table_of_classes_goes_to_predictions() {
    make_data table rows.csv
    trilby train rows.csv --target kind --epochs 10 --output run
    expect_code 0
    expect_in out "test accuracy"
    trilby evaluate run
    expect_in out "precision"
    trilby predict run rows.csv
    expect_in out "large"
}

# A probability of such a network is not a number, which has no rank.
test_own_table_of_two_classes_diverges_with_an_error() {
    awk -v OFS=, 'BEGIN { print "a,b,t"; for (i = 0; i < 200; ++i) print i % 17, (i * 7) % 31, i % 2 }' > rows.csv
    trilby train rows.csv --target t --epochs 1 --batch-size 200 --set optimizer.learning_rate=1000 \
        --set network.depth=16 --set training.average=0 --set schedule.warmup_epochs=0 --timeout 30
    expect_code 1
    expect_in err "the training diverged"
}

test_own_text_goes_to_new_text() {
    make_data text words.txt
    trilby train words.txt --epochs 1 --set training.steps_per_epoch=60 --output run
    expect_code 0
    expect_in out "tokens/s"
    trilby generate run --prompt "the cat" --tokens 40
    expect_code 0
    expect_in out "the cat"
    cp out first
    trilby generate run --prompt "the cat" --tokens 40
    cmp -s out first || fail "the same seed wrote another text"
    trilby generate run --prompt "" --tokens 4
    expect_code 0
    "$program" generate run --tokens 5000 2> err | head -c 20 > out
    expect_empty err
    trilby generate run --prompt "THE" --tokens 4
    expect_code 65
    expect_empty out
    expect_in err "the prompt cannot be read"
    trilby evaluate run
    expect_code 0
    expect_in out "the validation part; there is no test part"
    trilby evaluate run --json
    expect_json
    expect_in out '"part": "validation"'
    trilby predict run words.txt
    expect_code 0
}

test_own_series_goes_to_a_forecast() {
    make_data series load.csv
    trilby train load.csv --epochs 3 --set training.steps_per_epoch=50 --output run
    expect_code 0
    expect_in out "baseline"
    trilby evaluate run
    expect_code 0
    expect_in out "load"
    trilby predict run load.csv
    expect_code 0
    expect_in out "load,heat"
}

test_own_series_far_from_zero_has_forecasts_of_all_digits() {
    make_data series load.csv
    awk -F, 'NR == 1 {print} NR > 1 {printf "%s,%.3f,%s\n", $1, 1e9 + $2, $3}' load.csv > far.csv
    for data in load far; do
        trilby train $data.csv --epochs 2 --set training.steps_per_epoch=20 --threads 1 --output $data-run
        expect_code 0
        trilby predict $data-run $data.csv
        expect_code 0
        mv out $data.out
    done
    paste -d, load.out far.out | awk -F, 'NR > 1 && ($5 - 1e9 - $2) ^ 2 > 0.01 {exit 1}' || fail "other forecasts far from 0"
    [ "$(cut -d, -f2 far.out | sort -u | wc -l)" -gt 20 ] || fail "the forecasts are equal"
    trilby evaluate far-run --json
    expect_code 0
    python3 -c '
import json, sys
found = json.load(open("out"))
assert 0 < found["errors"][0]["rmse"] < 40, found' || fail "other errors than those of the metrics"
}

test_own_series_with_gaps_goes_to_a_forecast() {
    make_data series load.csv
    awk -F, -v OFS=, 'NR % 5 == 2 {$3 = ""} {print}' load.csv > gaps.csv
    trilby train gaps.csv --epochs 2 --set training.steps_per_epoch=20 --output run
    expect_code 0
    expect_in out "240 missing values of 'heat' are filled with the"
    trilby evaluate run --html page.html
    expect_code 0
    expect_in out "heat"
    ! grep -q '[^a-z]nan[^a-z]' out page.html || fail "a missing value is shown as a number"
    trilby evaluate run load.csv
    expect_code 0
    trilby predict run gaps.csv
    expect_code 0
}

test_own_series_with_a_time_in_two_columns_goes_to_a_forecast() {
    make_data clocks load.csv
    trilby train load.csv --epochs 2 --set training.steps_per_epoch=20 --output run
    expect_code 0
    trilby predict run load.csv
    expect_code 0
    expect_in out "Date + Time,load"
    expect_in out "2024-01-26 00:00:00,"
    tail -n 360 load.csv | sed '1i Date;Time;load;;' > later.csv
    trilby evaluate run later.csv
    expect_code 0
    trilby train load.csv --set 'data.time=Date + Time' --epochs 1 --set training.steps_per_epoch=1 --output named
    expect_code 0
    expect_in named/recipe.toml '"Date + Time"'
}

test_own_images_go_to_predictions() {
    make_data images stripes
    trilby train stripes --epochs 5 --output run
    expect_code 0
    expect_in out "test accuracy"
    trilby predict run stripes/across/00.png stripes/down/00.png
    expect_code 0
    [ "$(wc -l < out)" -eq 3 ] || fail "not one line per image and a header"
    "$program" predict run < stripes/across/00.png > out 2> err || fail "an image on standard input"
    grep -q '^-,' out || fail "standard input is not '-'"
    trilby predict run stripes/across/00.png nowhere.png
    expect_code 66
    trilby evaluate run
    expect_code 0
    expect_in out "precision"
    mkdir parts && cp -r stripes parts/train && cp -r stripes parts/test
    trilby evaluate run parts
    expect_code 0
    expect_in err "only the test part of"
}

test_own_idx_files_go_to_predictions() {
    make_data digits digits
    make_data images stripes
    trilby train digits --epochs 3 --output run
    expect_code 0
    expect_in out "test accuracy"
    expect_in run/recipe.toml "side = 28"
    trilby evaluate run
    expect_code 0
    trilby evaluate run digits
    expect_code 0
    expect_in err "only the test part of"
    trilby predict run stripes/across/00.png
    expect_code 0
    [ "$(wc -l < out)" -eq 2 ] || fail "not one line per image and a header"
}

test_own_table_resumes_to_the_same_bits() {
    make_data table rows.csv
    expect_resumes_to_the_same_bits rows.csv --target price --epochs 40
}

test_own_text_resumes_to_the_same_bits() {
    make_data text words.txt
    expect_resumes_to_the_same_bits words.txt --epochs 6 --set training.steps_per_epoch=10
}

test_own_series_resumes_to_the_same_bits() {
    make_data series load.csv
    expect_resumes_to_the_same_bits load.csv --epochs 12 --set training.steps_per_epoch=20
}

test_own_images_resume_to_the_same_bits() {
    make_data images stripes
    expect_resumes_to_the_same_bits stripes --epochs 12
}

test_own_data_dry_run_prints_recipe_and_leaves_nothing() {
    make_data table rows.csv
    trilby train rows.csv --target price --dry-run
    expect_code 0
    expect_in out "parameters"
    expect_in out "[network]"
    [ ! -e runs ] || fail "a folder was made"
    trilby train rows.csv --target price --dry-run --json
    expect_json
}

test_own_data_learning_rate_is_advised_and_nothing_is_left() {
    make_data table rows.csv
    trilby train rows.csv --target price --find-learning-rate
    expect_code 0
    expect_in out "learning rate        loss"
    expect_in out "1.0e-06"
    expect_in out "advice"
    expect_in out "--set optimizer.learning_rate="
    [ ! -e runs ] || fail "a folder was made"
    trilby train rows.csv --target price --find-learning-rate --json
    expect_json
    trilby train rows.csv --target price --find-learning-rate --dry-run
    expect_code 64
}

test_own_data_recipe_can_be_edited_and_trained() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 1 --output run
    expect_code 0
    cp run/recipe.toml my.toml
    trilby train ./my.toml --epochs 1 --output again
    expect_code 0
    cmp run/checkpoint.safetensors again/checkpoint.safetensors || fail "the recipe trains another network"
}

test_own_data_time_limits_the_epochs() {
    make_data series load.csv
    trilby train load.csv --time 3s --output run
    expect_code 0
    expect_in out "a step takes"
    for time in 0 -1 5x h 1e99; do
        trilby train load.csv --time="$time"
        expect_code 64
        expect_in err "is not a time such as"
    done
}

test_own_data_time_trains_no_more_epochs_than_are_asked_for() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 2 --time 60s --output run
    expect_code 0
    expect_in out "epochs: at most 2, as set on the command line"
    expect_in out ": 2 epochs, as set on the command line"
    expect_in out "epoch 2/2"
    trilby train rows.csv --target price --set training.epochs=1 --time 60s --dry-run
    expect_code 0
    expect_in out ": 1 epoch, as set on the command line"
    expect_in out "epochs = 1"
}

test_own_data_wrong_options_are_refused() {
    make_data table rows.csv
    for options in "--target nothing" "--task series" "--set training.epoch=1" "--set x" "--data ."; do
        # shellcheck disable=SC2086
        trilby train rows.csv $options
        [ "$code" -eq 64 ] || [ "$code" -eq 65 ] || fail "exit code $code for $options"
        [ ! -e runs ] || fail "a folder was made"
    done
    trilby train nowhere.csv
    expect_code 66
    expect_in err "'nowhere.csv' does not exist"
    trilby predict nowhere rows.csv
    expect_code 66
    trilby train ./none/
    expect_code 66
}

test_evaluate_of_a_damaged_checkpoint_advises_what_works() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 2 --output run
    expect_code 0
    printf 'x' | dd of=run/checkpoint.safetensors bs=1 seek=3000 conv=notrunc 2>/dev/null
    trilby evaluate run
    expect_code 65
    expect_in err "is damaged"
    expect_in err "hint: use the checkpoint before it: $work/run/checkpoint-1.safetensors"
    trilby evaluate "$work/run/checkpoint-1.safetensors"
    expect_code 0
}

# A page is self-contained and well-formed, apart from the elements that HTML does not close.
expect_page() {
    python3 - "$1" <<'END' || fail "'$1' is not a self-contained page"
import html.parser, sys

class Page(html.parser.HTMLParser):
    open_elements, has_outside = [], False
    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        source = values.get("src", "data:")
        self.has_outside |= tag in ("script", "link") or not source.startswith("data:")
        if tag not in ("meta", "img", "br"):
            self.open_elements.append(tag)
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        assert self.open_elements.pop() == tag, tag

page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
assert not page.open_elements and not page.has_outside
END
}

test_evaluate_writes_a_page_for_each_kind_of_data() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 2 --output numbers
    trilby train rows.csv --target kind --epochs 2 --output classes
    make_data images stripes
    trilby train stripes --epochs 2 --output images
    make_data series load.csv
    trilby train load.csv --epochs 2 --output series
    make_data text words.txt
    trilby train words.txt --epochs 2 --output text
    for run in numbers classes images series text; do
        trilby evaluate "$run" --html "$run.html"
        expect_code 0
        expect_page "$run.html"
        expect_in "$run.html" "learning rate"
    done
    expect_in numbers.html "predicted against true"
    expect_in classes.html "Confusion matrix"
    expect_in images.html "data:image/png"
    expect_in series.html "window 1"
    expect_in text.html "Written by the network"
    rm numbers/metrics.jsonl numbers/result.json
    trilby evaluate numbers --html numbers.html
    expect_code 0
    expect_in numbers.html "metrics.jsonl cannot be read"
}

test_evaluate_never_overwrites_what_it_reads() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 1 --output run
    cp -r run copy
    ln -s run/checkpoint.safetensors link
    for report in rows.csv link run/checkpoint.safetensors run/metrics.jsonl run/result.json; do
        trilby evaluate run --html "$report"
        expect_code 64
        expect_in err "a report would overwrite the input"
    done
    diff -r run copy || fail "the run changed"
    trilby evaluate run --html missing/page.html
    expect_code 73
    expect_empty out
}
