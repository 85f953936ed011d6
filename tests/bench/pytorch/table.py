#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of the recipe diamonds.

The modules are those of the packages tabm and rtdl_num_embeddings in short.
"""

import common
import torch
from torch import nn
from torch.nn import functional as F

BATCH_SIZE = 128
WIDTH, DEPTH, MEMBERS, EMBEDDING_SIZE, BINS = 256, 2, 8, 16, 48
TRAINING_PART = 0.64


def uniform(shape, inputs):
    return nn.Parameter(torch.empty(shape).uniform_(-inputs ** -0.5, inputs ** -0.5))


class NumberEmbeddings(nn.Module):
    """Piecewise linear (Gorishniy et al., 2022)."""

    def __init__(self, numbers):
        super().__init__()
        inputs = numbers.shape[1]
        scale, offset = torch.ones(inputs, BINS), torch.zeros(inputs, BINS)
        low, high = torch.zeros(inputs, BINS), torch.zeros(inputs, BINS)
        for i, column in enumerate(numbers.t()):
            edges = torch.quantile(column, torch.linspace(0, 1, BINS + 1)).unique()
            widths, bins = edges.diff(), len(edges) - 1
            scale[i, :bins], offset[i, :bins] = 1 / widths, -edges[:-1] / widths
            high[i, :bins] = 1
            low[i, 0], high[i, bins - 1] = -1e6, 1e6  # the outer bins have no end
        for name, buffer in (("scale", scale), ("offset", offset), ("low", low), ("high", high)):
            self.register_buffer(name, buffer)
        self.encoding_weight = nn.Parameter(torch.zeros(inputs, BINS, EMBEDDING_SIZE))
        self.weight = uniform((inputs, EMBEDDING_SIZE), 1)
        self.bias = uniform((inputs, EMBEDDING_SIZE), 1)

    def forward(self, numbers):
        x = numbers.unsqueeze(2)
        encoding = torch.addcmul(self.offset, self.scale, x).clamp(self.low, self.high)
        pieces = (encoding.transpose(0, 1) @ self.encoding_weight).transpose(0, 1)
        return (pieces + torch.addcmul(self.bias, self.weight, x)).flatten(1)


class CategoryEmbeddings(nn.Module):
    def __init__(self, level_counts):
        super().__init__()
        sizes = torch.tensor(level_counts) + 1  # one is for unknown words
        self.register_buffer("first", sizes.cumsum(0) - sizes)
        self.embedding = nn.Embedding(int(sizes.sum()), EMBEDDING_SIZE)

    def forward(self, codes):
        return self.embedding(codes + self.first).flatten(1)


class EnsembleLinear(nn.Module):
    """Rows x members x features (TabM, Gorishniy et al., 2024)."""

    def __init__(self, inputs, input_scale):
        super().__init__()
        self.weight = uniform((WIDTH, inputs), inputs)
        self.input_scale = nn.Parameter(input_scale)
        self.output_scale = nn.Parameter(torch.ones(MEMBERS, WIDTH))
        self.bias = nn.Parameter(uniform(WIDTH, inputs).detach().repeat(MEMBERS, 1))

    def forward(self, x):
        return F.linear(x * self.input_scale, self.weight) * self.output_scale + self.bias


class Network(nn.Module):
    def __init__(self, numbers, level_counts):
        super().__init__()
        self.numbers = NumberEmbeddings(numbers)
        self.categories = CategoryEmbeddings(level_counts)
        columns = numbers.shape[1] + len(level_counts)
        self.inputs = columns * EMBEDDING_SIZE
        first_scale = torch.randn(MEMBERS, columns).repeat_interleave(EMBEDDING_SIZE, 1)
        self.layers = nn.ModuleList([EnsembleLinear(self.inputs, first_scale)])
        self.layers.extend(EnsembleLinear(WIDTH, torch.ones(MEMBERS, WIDTH))
                           for _ in range(DEPTH - 1))
        self.head_weight = uniform((MEMBERS, WIDTH, 1), WIDTH)
        self.head_bias = uniform((MEMBERS, 1), WIDTH)

    def forward(self, numbers, codes):
        x = torch.cat((self.numbers(numbers), self.categories(codes)), 1)
        x = x.unsqueeze(1).expand(-1, MEMBERS, -1)
        for layer in self.layers:
            x = F.relu(layer(x))
        return (x.transpose(0, 1) @ self.head_weight).transpose(0, 1) + self.head_bias


def normal_scores(column):
    """Maps numbers to a normal distribution by their ranks."""
    values, places, counts = column.unique(return_inverse=True, return_counts=True)
    fractions = (counts.cumsum(0) - counts / 2) / len(column)
    return torch.special.ndtri(fractions.double().clamp(0.001, 0.999)).float()[places]


def numbers_of(words):
    return torch.tensor([float(word) for word in words])


def read_table(path):
    """Returns the training part: numbers, codes of categories, and the target."""
    columns = common.read_columns(path)
    prices = numbers_of(columns.pop("price")).log()
    rows = torch.randperm(len(prices))[:int(TRAINING_PART * len(prices))]
    prices = prices[rows]
    numbers, codes = [], []
    for words in columns.values():
        try:
            numbers.append(normal_scores(numbers_of(words)[rows]))
        except ValueError:
            levels = {word: code for code, word in enumerate(sorted(set(words)), 1)}
            codes.append(torch.tensor([levels[word] for word in words])[rows])
    return (torch.stack(numbers, 1), torch.stack(codes, 1),
            (prices - prices.mean()) / prices.std())


def main():
    options = common.parse_options()
    data = read_table(options.folder / "diamonds.csv")
    network = Network(data[0], data[1].max(0).values.tolist()).to(options.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.008, weight_decay=0.0003)
    data = [tensor.to(options.device) for tensor in data]

    def loss_of(numbers, codes, targets):
        predictions = network(numbers, codes).squeeze(2)
        return F.mse_loss(predictions, targets.unsqueeze(1).expand(-1, MEMBERS))

    training = common.Training(network, optimizer, loss_of, clip_norm=1.0)
    # The encodings need no gradient.
    products = (2 * data[0].shape[1] * BINS * EMBEDDING_SIZE
                + 3 * MEMBERS * WIDTH * (network.inputs + (DEPTH - 1) * WIDTH + 1))
    training.measure(common.endless(lambda: common.shuffled(data, BATCH_SIZE)),
                     options.steps, BATCH_SIZE, products)


if __name__ == "__main__":
    main()
