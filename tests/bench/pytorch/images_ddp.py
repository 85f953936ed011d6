#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the network of the recipe fashion-mnist in one of several processes, over Gloo.

The launcher's variables RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT say which. Each has --batch
examples in a step.
"""

import os

import common
import images
import torch
import torch.distributed
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel


def main():
    parser = common.make_parser()
    parser.add_argument("--batch", type=int, default=images.BATCH_SIZE)
    options = common.parse_options(parser)
    torch.distributed.init_process_group("gloo")
    torch.manual_seed(1 + int(os.environ["RANK"]))  # of the examples; the weights are broadcast
    data = images.Images(options.folder)
    tensors = images.scaled(data.images), data.labels
    batches = common.endless(lambda: common.shuffled(tensors, options.batch))
    network = DistributedDataParallel(images.make_network())
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.002, weight_decay=0.01)
    training = common.Training(network, optimizer, lambda pixels, labels: F.cross_entropy(
        network(pixels), labels))
    training.measure(batches, options.steps, options.batch * int(os.environ["WORLD_SIZE"]), 0)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
