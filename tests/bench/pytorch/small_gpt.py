#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains a GPT in nanoGPT's published small setting for CPUs with plain PyTorch.

usage: small_gpt.py TEXT_FILE SEED [STEPS]

Learned positions, GELU and AdamW, as a tutorial has them: a network of its own, unlike text.py. Uses
all CPUs. Prints the mean loss of the last tenth of the text: "nats per character 1.8987".
"""

import math
import os
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

BATCH_SIZE, CONTEXT = 12, 64
LAYERS, HEADS, WIDTH = 4, 4, 128
PEAK_RATE, LAST_RATE, WARM_UP = 1e-3, 1e-4, 100


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.output = nn.Linear(WIDTH, WIDTH, bias=False)
        self.up = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.down = nn.Linear(4 * WIDTH, WIDTH, bias=False)
        self.register_buffer("future", torch.ones(CONTEXT, CONTEXT).triu(1).bool())

    def attend(self, x):
        queries, keys, values = (
            part.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2)
            for part in self.query_key_value(x).split(WIDTH, 2))
        scores = queries @ keys.transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        weights = scores.masked_fill(self.future, float("-inf")).softmax(-1)
        return self.output((weights @ values).transpose(1, 2).flatten(2))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, characters):
        super().__init__()
        self.embedding = nn.Embedding(characters, WIDTH)
        self.positions = nn.Parameter(torch.zeros(CONTEXT, WIDTH))
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH)
        self.apply(self.initialize)
        nn.init.normal_(self.positions, std=0.02)
        for block in self.blocks:
            for last in (block.output, block.down):
                nn.init.normal_(last.weight, std=0.02 / math.sqrt(2 * LAYERS))

    @staticmethod
    def initialize(module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, characters, following):
        x = self.norm(self.blocks(self.embedding(characters) + self.positions))
        scores = x @ self.embedding.weight.t()
        return F.cross_entropy(scores.flatten(0, 1), following.flatten())


def rate_at(step, steps):
    if step < WARM_UP:
        return PEAK_RATE * (step + 1) / WARM_UP
    done = (step - WARM_UP) / (steps - WARM_UP)
    return LAST_RATE + 0.5 * (1 + math.cos(math.pi * done)) * (PEAK_RATE - LAST_RATE)


def make_optimizer(network):
    decayed = [weight for weight in network.parameters() if weight.dim() > 1]
    others = [weight for weight in network.parameters() if weight.dim() < 2]
    return torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1},
                              {"params": others, "weight_decay": 0.0}], betas=(0.9, 0.99))


def train(network, text, steps):
    optimizer = make_optimizer(network)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, steps)
        starts = torch.randint(len(text) - CONTEXT, (BATCH_SIZE, 1))
        windows = starts + torch.arange(CONTEXT)
        optimizer.zero_grad(set_to_none=True)
        network(text[windows], text[windows + 1]).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()


def evaluate(network, text):
    count = (len(text) - 1) // CONTEXT
    windows = zip(text[:count * CONTEXT].view(count, CONTEXT).split(256),
                  text[1:count * CONTEXT + 1].view(count, CONTEXT).split(256))
    with torch.no_grad():
        total = sum(network(inputs, following).item() * len(inputs)
                    for inputs, following in windows)
    return total / count


def main(path, seed, steps=2000):
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(int(seed))
    content = pathlib.Path(path).read_text(encoding="utf-8")
    characters = sorted(set(content))
    number = {character: index for index, character in enumerate(characters)}
    text = torch.tensor([number[character] for character in content])
    end = len(text) * 9 // 10
    network = Gpt(len(characters))
    train(network, text[:end], int(steps))
    print(f"nats per character {evaluate(network, text[end:]):.4f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
