#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Exports a model, or trains the same model in Python, eager, on made data of its shapes.

usage: exported_model.py KIND --export FILE
       exported_model.py KIND [--steps N] [--threads N]
"""

import argparse
import pathlib
import sys

import common
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "pt2"))
import exported_models

# The model, the examples of a batch, and the units of one: rows, images, tokens.
KINDS = {
    "mlp": (lambda: exported_models.Mlp(dropout=0.1), 256, 1),
    "resnet18": (lambda: exported_models.ResNet18(classes=2), 32, 1),
    "gpt": (lambda: exported_models.Gpt(tokens=30, context=64, width=128, layers=4, heads=4), 12, 64),
}


def made_data(kind, count):
    if kind == "mlp":
        return torch.randn(count, 8), torch.randint(0, 3, (count,))
    if kind == "resnet18":
        return torch.randn(count, 3, 32, 32), torch.randint(0, 2, (count,))
    tokens = torch.randint(0, 30, (count, 65))
    return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--export", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--device", default="cpu")
    options = common.parse_options(parser)
    make, batch_size, units = KINDS[options.kind]
    network = make().train()
    data = made_data(options.kind, 10 * batch_size)
    if options.export:
        exported_models.export(network, data[0][:batch_size], options.export)
        return
    network.to(options.device)
    data = [tensor.to(options.device) for tensor in data]
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.001, weight_decay=0.01)
    training = common.Training(network, optimizer, lambda inputs, targets: exported_models.loss_of(
        network(inputs), targets), clip_norm=1.0)
    training.measure(common.endless(lambda: common.shuffled(data, batch_size)), options.steps,
                     batch_size * units, 0)


if __name__ == "__main__":
    main()
