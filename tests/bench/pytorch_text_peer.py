#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network for texts that recipes have by default with plain PyTorch.

usage: pytorch_text_peer.py FILE THREADS STEPS [BATCH] [CONTEXT]

THREADS 0 leaves the number of threads to PyTorch. Prints "first step" after the first step, and
"tokens per second N" at the end.
"""

import pathlib
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, HEADS, WIDTH = 4, 4, 128
HEAD_WIDTH = WIDTH // HEADS


def normalized_heads(x):
    return x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt()


def rotated(x, cosines, sines):
    first, second = x.chunk(2, -1)
    return torch.cat((first * cosines - second * sines, first * sines + second * cosines), -1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.norm2 = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.output = nn.Linear(WIDTH, WIDTH, bias=False)
        self.up = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.down = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def attend(self, x, cosines, sines, mask):
        batch, length, _ = x.shape
        queries, keys, values = (part.view(batch, length, HEADS, HEAD_WIDTH).transpose(1, 2)
                                 for part in self.query_key_value(x).split(WIDTH, 2))
        queries = rotated(normalized_heads(queries), cosines, sines)
        keys = rotated(normalized_heads(keys), cosines, sines)
        scores = queries @ keys.transpose(2, 3) * HEAD_WIDTH ** -0.5
        weights = scores.masked_fill(mask, float("-inf")).softmax(-1)
        return self.output((weights @ values).transpose(1, 2).reshape(batch, length, WIDTH))

    def forward(self, x, cosines, sines, mask):
        x = x + self.attend(self.norm1(x), cosines, sines, mask)
        return x + self.down(F.relu(self.up(self.norm2(x))).square())


class Network(nn.Module):
    def __init__(self, tokens, context):
        super().__init__()
        self.embedding = nn.Embedding(tokens, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.head = nn.Linear(WIDTH, tokens, bias=False)
        for parameter in self.parameters():
            nn.init.normal_(parameter, 0.0, 0.02)
        pairs = HEAD_WIDTH // 2
        angles = torch.outer(torch.arange(context), 10_000 ** (-torch.arange(pairs) / pairs))
        self.cosines, self.sines = angles.cos(), angles.sin()
        self.mask = torch.ones(context, context, dtype=torch.bool).triu(1)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.cosines, self.sines, self.mask)
        return self.head(self.norm(x))


def main():
    path, threads, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    batch, context = (int(argument) for argument in (*sys.argv[4:], 12, 64)[:2])
    if threads > 0:
        torch.set_num_threads(threads)
    text = pathlib.Path(path).read_text(encoding="utf-8")
    characters = {character: token for token, character in enumerate(sorted(set(text)))}
    tokens = torch.tensor([characters[character] for character in text])
    network = Network(len(characters), context)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.003, betas=(0.9, 0.99))
    for step in range(steps + 1):
        starts = torch.randint(len(tokens) - context, (batch, 1))
        window = tokens[starts + torch.arange(context + 1)]
        scores = network(window[:, :-1])
        loss = F.cross_entropy(scores.flatten(0, 1), window[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step == 0:
            print("first step", flush=True)
            start = time.perf_counter()
    seconds = time.perf_counter() - start
    print(f"tokens per second {steps * batch * context / seconds:.1f}")


if __name__ == "__main__":
    main()
