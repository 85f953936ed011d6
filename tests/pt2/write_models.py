#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the files in models/: small models as torch.export.save() writes them, and beside each what
Python computes with it. Needs PyTorch 2.9 or later and the package safetensors.
"""

import pathlib

import torch
from safetensors.torch import save_file

import exported_models

STEPS = 3
SMALL = {
    "mlp": exported_models.Mlp,
    "cnn": exported_models.SmallCnn,
    "gpt": lambda: exported_models.Gpt(width=8, layers=1, heads=2),
    "lstm": lambda: exported_models.Lstm(width=4),
    "custom": exported_models.Custom,
}


def main():
    folder = pathlib.Path(__file__).with_name("models")
    torch.set_num_threads(1)
    for name, make in SMALL.items():
        torch.manual_seed(7)
        # Random numbers would have to be those of the same version of LibTorch.
        model = make() if name != "mlp" else make(dropout=0.0)
        batches = exported_models.batches_for(name, STEPS)
        exported_models.export(model.train(), batches["x.0"], folder / f"{name}.pt2")
        save_file(batches | exported_models.train(model, batches), folder / f"{name}.safetensors")


if __name__ == "__main__":
    main()
