#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of the recipe etth1."""

import common
import torch
from torch import nn
from torch.nn import functional as F

BATCH_SIZE = 32
LOOK_BACK, HORIZON = 336, 96
TRAINING_ROWS = 8640


class NLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(LOOK_BACK, HORIZON)
        nn.init.constant_(self.linear.weight, 1 / LOOK_BACK)
        nn.init.zeros_(self.linear.bias)

    def forward(self, past):
        last = past[:, :, -1:]
        return self.linear(past - last) + last


def read_series(path):
    """Returns the training part, standardized: variables x rows."""
    columns = common.read_columns(path)
    del columns["date"]
    series = torch.tensor([[float(word) for word in column[:TRAINING_ROWS]]
                           for column in columns.values()])
    return (series - series.mean(1, keepdim=True)) / series.std(1, keepdim=True)


def main():
    options = common.parse_options()
    series = read_series(options.folder / "ETTh1.csv").to(options.device)
    windows = series.unfold(1, LOOK_BACK + HORIZON, 1).transpose(0, 1)  # a view
    network = NLinear().to(options.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.001, weight_decay=0.1)

    def loss_of(window):
        past, future = window.split((LOOK_BACK, HORIZON), 2)
        return F.l1_loss(network(past), future)

    training = common.Training(network, optimizer, loss_of)
    # The input needs no gradient.
    training.measure(common.endless(lambda: common.shuffled((windows,), BATCH_SIZE)),
                     options.steps, BATCH_SIZE, 2 * len(series) * LOOK_BACK * HORIZON)


if __name__ == "__main__":
    main()
