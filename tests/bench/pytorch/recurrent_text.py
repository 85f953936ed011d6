#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of docs/examples/train/text.cpp."""

import common
import torch
from torch import nn
from torch.nn import functional as F

BATCH_SIZE, CONTEXT, WIDTH = 32, 64, 256


class Network(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.vectors = nn.Embedding(tokens, WIDTH)
        self.memory = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.scores = nn.Linear(WIDTH, tokens)

    def forward(self, tokens):
        return self.scores(self.memory(self.vectors(tokens))[0])


def main():
    options = common.parse_options()
    text = (options.folder / "input.txt").read_text(encoding="utf-8")
    ids = {character: index for index, character in enumerate(sorted(set(text)))}
    training = torch.tensor([ids[character] for character in text[:len(text) * 9 // 10]])
    windows = training.to(options.device).unfold(0, CONTEXT + 1, 1)

    def batches():
        while True:
            batch = windows[torch.randint(len(windows), (BATCH_SIZE,), device=windows.device)]
            yield batch[:, :-1], batch[:, 1:]

    network = Network(len(ids)).to(options.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.003, weight_decay=0.01)
    training = common.Training(network, optimizer, lambda inputs, targets: F.cross_entropy(
        network(inputs).flatten(0, 1), targets.flatten()), clip_norm=1.0)
    training.measure(batches(), options.steps, BATCH_SIZE * CONTEXT, 0)


if __name__ == "__main__":
    main()
