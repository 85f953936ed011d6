#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of the recipe tiny-shakespeare."""

import common
import torch
from torch import nn
from torch.nn import functional as F

BATCH_SIZE, CONTEXT = 12, 64
LAYERS, HEADS, WIDTH = 4, 4, 128
HEAD_WIDTH = WIDTH // HEADS


def normalized_heads(x):
    return x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt()


def rotated(x, cosines, sines):
    first, second = x.chunk(2, -1)
    return torch.cat((first * cosines - second * sines, first * sines + second * cosines), -1)


def attention(queries, keys, values, mask):
    if hasattr(F, "scaled_dot_product_attention"):  # since PyTorch 2
        return F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    scores = queries @ keys.transpose(2, 3) * HEAD_WIDTH ** -0.5
    return scores.masked_fill(mask, float("-inf")).softmax(-1) @ values


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
        attended = attention(queries, keys, values, mask)
        return self.output(attended.transpose(1, 2).reshape(batch, length, WIDTH))

    def forward(self, x, cosines, sines, mask):
        x = x + self.attend(self.norm1(x), cosines, sines, mask)
        return x + self.down(F.relu(self.up(self.norm2(x))).square())


class Network(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.embedding = nn.Embedding(tokens, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.head = nn.Linear(WIDTH, tokens, bias=False)
        for parameter in self.parameters():
            nn.init.normal_(parameter, 0.0, 0.02)
        for block in self.blocks:
            nn.init.zeros_(block.output.weight)
            nn.init.zeros_(block.down.weight)
        pairs = HEAD_WIDTH // 2
        angles = torch.outer(torch.arange(CONTEXT), 10_000 ** (-torch.arange(pairs) / pairs))
        self.register_buffer("cosines", angles.cos())
        self.register_buffer("sines", angles.sin())
        self.register_buffer("mask", torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1))

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.cosines, self.sines, self.mask)
        return self.head(self.norm(x))


def batches_of(tokens):
    positions = torch.arange(CONTEXT + 1, device=tokens.device)
    while True:
        starts = torch.randint(len(tokens) - CONTEXT, (BATCH_SIZE, 1), device=tokens.device)
        windows = tokens[starts + positions]
        yield windows[:, :-1], windows[:, 1:]


def main():
    options = common.parse_options()
    text = (options.folder / "input.txt").read_text(encoding="utf-8")
    codes = {character: code for code, character in enumerate(sorted(set(text)))}
    training_text = text[:len(text) * 9 // 10]
    tokens = torch.tensor([codes[character] for character in training_text], device=options.device)
    network = Network(len(codes)).to(options.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.003, betas=(0.9, 0.99),
                                  weight_decay=0.01)
    training = common.Training(network, optimizer, lambda seen, following: F.cross_entropy(
        network(seen).flatten(0, 1), following.flatten()), clip_norm=1.0)
    # For each token, the products with weights, and those of the attention with the tokens before.
    products = LAYERS * (12 * WIDTH ** 2 + CONTEXT * WIDTH) + WIDTH * len(codes)
    training.measure(batches_of(tokens), options.steps, BATCH_SIZE * CONTEXT, 3 * products)


if __name__ == "__main__":
    main()
