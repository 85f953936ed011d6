#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of the recipe fashion-mnist with plain PyTorch.

usage: pytorch_peer.py MODE DATA_FOLDER THREADS STEPS [DEVICE]

MODE dataloader: a Dataset that scales one image at a time, in a DataLoader.
MODE tensors:    scales all images beforehand and selects batches by index.
THREADS 0 leaves the number of threads to PyTorch. DEVICE is PyTorch's name of the device, cpu by
default; with MODE tensors, the data are on the device from the start.
Prints "first step" after the first step, and "images per second N" at the end.
"""

import gzip
import pathlib
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

BATCH_SIZE = 128
MEAN, DEVIATION = 0.2860, 0.3530


def read_idx(path, header_bytes):
    content = bytearray(gzip.decompress(path.read_bytes()))
    return torch.frombuffer(content, dtype=torch.uint8)[header_bytes:]


class Images(Dataset):
    def __init__(self, folder, device):
        self.images = read_idx(folder / "train-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)
        self.labels = read_idx(folder / "train-labels-idx1-ubyte.gz", 8).long()
        self.images, self.labels = self.images.to(device), self.labels.to(device)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return (self.images[index].float() / 255 - MEAN) / DEVIATION, self.labels[index]


def dataloader_batches(data):
    return DataLoader(data, batch_size=BATCH_SIZE, shuffle=True)


def tensor_batches(data):
    images = (data.images.float() / 255 - MEAN) / DEVIATION
    return ((images[indices], data.labels[indices])
            for indices in torch.randperm(len(data), device=images.device).split(BATCH_SIZE))


def make_network():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))


def main(mode, folder, threads, steps, device="cpu"):
    if threads > 0:
        torch.set_num_threads(threads)
    torch.manual_seed(1)
    data = Images(pathlib.Path(folder), device if mode == "tensors" else "cpu")
    network = make_network().to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.002, weight_decay=0.01)
    batches = dataloader_batches(data) if mode == "dataloader" else tensor_batches(data)
    start = time.perf_counter()
    for step, (images, labels) in enumerate(batches, 1):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(images.to(device)), labels.to(device))
        loss.backward()
        optimizer.step()
        if step == 1:
            print("first step", loss.item(), flush=True)
        if step == steps:
            break
    loss.item()  # waits for the device
    print("images per second", steps * BATCH_SIZE / (time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
