#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of the recipe fashion-mnist.

With --dataloader, a Dataset scales one image at a time, in a DataLoader. Otherwise all images are
scaled beforehand.
"""

import gzip

import common
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

BATCH_SIZE = 128
MEAN, DEVIATION = 0.2860, 0.3530
FIRST_LAYER = 28 * 28 * 32 * 9
OTHER_LAYERS = 14 * 14 * 64 * 9 * 32 + 64 * 7 * 7 * 128 + 128 * 10


def read_idx(path, header_bytes):
    content = bytearray(gzip.decompress(path.read_bytes()))
    return torch.frombuffer(content, dtype=torch.uint8)[header_bytes:]


class Images(Dataset):
    def __init__(self, folder):
        self.images = read_idx(folder / "train-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)
        self.labels = read_idx(folder / "train-labels-idx1-ubyte.gz", 8).long()

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return scaled(self.images[index]), self.labels[index]


def scaled(images):
    return (images.float() / 255 - MEAN) / DEVIATION


def loaded_batches(data, device):
    loader = DataLoader(data, batch_size=BATCH_SIZE, shuffle=True, drop_last=True)
    for images, labels in common.endless(lambda: loader):
        yield images.to(device), labels.to(device)


def tensor_batches(data, device):
    tensors = scaled(data.images.to(device)), data.labels.to(device)
    return common.endless(lambda: common.shuffled(tensors, BATCH_SIZE))


def make_network():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))


def main():
    parser = common.make_parser()
    parser.add_argument("--dataloader", action="store_true")
    options = common.parse_options(parser)
    make_batches = loaded_batches if options.dataloader else tensor_batches
    batches = make_batches(Images(options.folder), options.device)
    network = make_network().to(options.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.002, weight_decay=0.01)
    training = common.Training(network, optimizer, lambda images, labels: F.cross_entropy(
        network(images), labels))
    # The backward pass has two products for each of the forward pass, but the first layer's input
    # needs no gradient.
    training.measure(batches, options.steps, BATCH_SIZE, 2 * FIRST_LAYER + 3 * OTHER_LAYERS)


if __name__ == "__main__":
    main()
