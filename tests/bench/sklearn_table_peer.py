#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains scikit-learn's HistGradientBoosting, with its default settings, on a table.

usage: sklearn_table_peer.py FILE TARGET classes|numbers SPLIT_COLUMN SEED

SPLIT_COLUMN has "train" or "test" in each row. Columns with words are categories for scikit-learn.
Prints the metrics of the test rows as JSON, named as Trilby names them.
"""

import collections
import csv
import json
import math
import sys

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss

MISSING = {"", "NA", "N/A", "NaN", "null", "?"}
MOST_LEVELS = 254  # scikit-learn takes codes below its number of bins, 255


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def encoded(texts):
    """Returns the column as numbers, and whether it is a category. Rare levels count as missing."""
    present = [text for text in texts if text not in MISSING]
    if all(map(is_number, present)):
        return [math.nan if text in MISSING else float(text) for text in texts], False
    levels = collections.Counter(present).most_common(MOST_LEVELS)
    codes = {text: code for code, (text, _) in enumerate(levels)}
    return [codes.get(text, math.nan) for text in texts], True


def read_table(path, target, split_column):
    """Returns inputs, which of them are categories, targets, and which rows are for training."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    inputs = [encoded([row[name] for row in rows])
              for name in rows[0] if name not in (target, split_column)]
    return (numpy.column_stack([column for column, _ in inputs]),
            [is_category for _, is_category in inputs],
            numpy.array([row[target] for row in rows]),
            numpy.array([row[split_column] == "train" for row in rows]))


def class_metrics(model, x, y):
    probabilities = model.predict_proba(x)
    found = model.classes_[probabilities.argmax(1)]
    return {"accuracy": float((found == y).mean()),
            "log_loss": float(log_loss(y, probabilities, labels=model.classes_))}


def number_metrics(model, x, y):
    errors = model.predict(x) - y
    return {"rmse": float(numpy.sqrt((errors ** 2).mean()))}


def main():
    path, target, kind, split_column, seed = sys.argv[1:]
    x, categories, y, is_training = read_table(path, target, split_column)
    settings = {"categorical_features": categories, "random_state": int(seed)}
    if kind == "classes":
        model, measure = HistGradientBoostingClassifier(**settings), class_metrics
    else:
        model, measure, y = HistGradientBoostingRegressor(**settings), number_metrics, y.astype(float)
    model.fit(x[is_training], y[is_training])
    print(json.dumps(measure(model, x[~is_training], y[~is_training])))


if __name__ == "__main__":
    main()
