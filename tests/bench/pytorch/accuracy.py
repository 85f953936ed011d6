#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains on Fashion-MNIST with plain PyTorch and Adam until a test reaches an accuracy.

usage: accuracy.py DATA_FOLDER NETWORK TARGET_PERCENT SEED EPOCHS DEVICE

NETWORK is tutorial, or the name of one of Trilby's recipes without "fashion-mnist-". Uses all CPUs,
scales the images once, and tests after each epoch. Prints a line for each: "epoch 1 accuracy 88.31".
"""

import os
import pathlib
import sys

import images
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def examples(folder, part):
    pixels = images.read_idx(folder / f"{part}-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)
    labels = images.read_idx(folder / f"{part}-labels-idx1-ubyte.gz", 8).long()
    return TensorDataset(images.scaled(pixels), labels)


def convolution(inputs, outputs, kernel=3, stride=1):
    return [nn.Conv2d(inputs, outputs, kernel, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU()]


def fast():
    return nn.Sequential(
        *convolution(1, 32, kernel=4, stride=2), *convolution(32, 64), nn.MaxPool2d(2),
        *convolution(64, 96), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96 * 3 * 3, 10))


def balanced():
    return nn.Sequential(
        *convolution(1, 32), nn.MaxPool2d(2), *convolution(32, 64), nn.MaxPool2d(2),
        *convolution(64, 128), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.1),
        nn.Linear(128 * 3 * 3, 256), nn.ReLU(), nn.Dropout(0.1), nn.Linear(256, 10))


NETWORKS = {"tutorial": images.make_network, "fast": fast, "balanced": balanced}


def train_epoch(network, optimizer, batches, device):
    network.train()
    for pixels, labels in batches:
        optimizer.zero_grad()
        F.cross_entropy(network(pixels.to(device)), labels.to(device)).backward()
        optimizer.step()


def test_accuracy(network, batches, device):
    network.eval()
    with torch.no_grad():
        right = sum((network(pixels.to(device)).argmax(1) == labels.to(device)).sum().item()
                    for pixels, labels in batches)
    return 100 * right / len(batches.dataset)


def main(folder, network, target, seed, epochs, device):
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(int(seed))
    training = DataLoader(examples(pathlib.Path(folder), "train"), batch_size=64, shuffle=True)
    test = DataLoader(examples(pathlib.Path(folder), "t10k"), batch_size=1000)
    network = NETWORKS[network]().to(device)
    optimizer = torch.optim.Adam(network.parameters())
    for epoch in range(1, int(epochs) + 1):
        train_epoch(network, optimizer, training, device)
        accuracy = test_accuracy(network, test, device)
        print(f"epoch {epoch} accuracy {accuracy:.2f}", flush=True)
        if accuracy >= float(target):
            break


if __name__ == "__main__":
    main(*sys.argv[1:])
