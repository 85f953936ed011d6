# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""What the scripts in this folder share. Each trains a network of Trilby's with plain PyTorch.

A script trains for --steps steps, and then for as many, whose rate is measured. It prints "first
step" after the first step, and at the end what it measured, as a line of JSON.
"""

import argparse
import csv
import itertools
import json
import pathlib
import time

import torch


def make_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path, help="has the files of the data set")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--threads", type=int, help="of PyTorch's choice by default")
    parser.add_argument("--device", default="cpu", help="PyTorch's name of it")
    return parser


def parse_options(parser=None):
    options = (parser or make_parser()).parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    return options


def read_columns(path):
    """Returns the columns of a CSV file, as lists of words by name."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, zip(*rows)))


def endless(epoch):
    """Repeats the batches of epochs."""
    return itertools.chain.from_iterable(epoch() for _ in itertools.count())


def shuffled(tensors, batch_size):
    """Returns an epoch of batches out of tensors with one row for each example."""
    count, device = len(tensors[0]), tensors[0].device
    for indices in torch.randperm(count, device=device).split(batch_size):
        yield tuple(tensor[indices] for tensor in tensors)


class Training:
    def __init__(self, network, optimizer, loss_of, clip_norm=None):
        self.network, self.optimizer = network, optimizer
        self.loss_of, self.clip_norm = loss_of, clip_norm

    def step(self, batch):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(*batch)
        loss.backward()
        if self.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.clip_norm)
        self.optimizer.step()
        return loss.detach()

    def steps(self, batches):
        """Returns the mean of the losses, which also waits for the device."""
        return torch.stack([self.step(batch) for batch in batches]).mean().item()

    def measure(self, batches, steps, units_per_step, products_per_unit):
        """Trains and prints. A product is a multiplication of numbers and its addition."""
        self.step(next(batches)).item()
        print("first step", flush=True)
        self.steps(itertools.islice(batches, steps - 1))
        start = time.perf_counter()
        loss = self.steps(itertools.islice(batches, steps))
        seconds = time.perf_counter() - start
        parameters = sum(parameter.numel() for parameter in self.network.parameters())
        print(json.dumps({"rate": steps * units_per_step / seconds, "loss": loss,
                          "parameters": parameters, "flops_per_unit": 2 * products_per_unit}))
