# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Models of the kinds that people export, in plain PyTorch."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    """Layers in a row, with dropout."""

    def __init__(self, inputs=8, classes=3, dropout=0.1):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(inputs, 32), nn.ReLU(), nn.Dropout(dropout),
                                 nn.Linear(32, 16), nn.GELU(), nn.Linear(16, classes))

    def forward(self, x):
        return self.net(x)


class Block(nn.Module):
    """The basic block of a ResNet (He et al., 2015)."""

    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or channels != width:
            self.downsample = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False),
                                            nn.BatchNorm2d(width))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += shortcut
        return self.relu(y)


class SmallCnn(nn.Module):
    """Two blocks for gray images."""

    def __init__(self, classes=10):
        super().__init__()
        self.blocks = nn.Sequential(Block(1, 4, 2), Block(4, 4, 1))
        self.head = nn.Linear(4, classes)

    def forward(self, x):
        return self.head(self.blocks(x).mean((2, 3)))


class ResNet18(nn.Module):
    """With its own names, those of torchvision. `width` is 64 in the paper."""

    def __init__(self, classes=10, channels=3, width=64):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        before = width
        for number, factor in enumerate((1, 2, 4, 8), 1):
            after = width * factor
            self.add_module(f"layer{number}", nn.Sequential(
                Block(before, after, 1 if number == 1 else 2), Block(after, after, 1)))
            before = after
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(before, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Attention(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.dropout = dropout

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (part.view(batch, length, self.heads, width // self.heads).transpose(1, 2)
                   for part in self.qkv(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True,
                                           dropout_p=self.dropout if self.training else 0.0)
        return self.proj(y.transpose(1, 2).contiguous().view(batch, length, width))


class Gpt(nn.Module):
    """A decoder whose head is tied to its embedding."""

    def __init__(self, tokens=30, context=16, width=32, layers=2, heads=4, dropout=0.0):
        super().__init__()
        self.token = nn.Embedding(tokens, width)
        self.position = nn.Embedding(context, width)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList()
        for _ in range(layers):
            self.blocks.append(nn.ModuleDict({
                "norm1": nn.LayerNorm(width), "attention": Attention(width, heads, dropout),
                "norm2": nn.LayerNorm(width),
                "mlp": nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(),
                                     nn.Linear(4 * width, width))}))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, tokens, bias=False)
        self.head.weight = self.token.weight

    def forward(self, x):
        positions = torch.arange(x.size(1), device=x.device)
        y = self.drop(self.token(x) * math.sqrt(self.token.embedding_dim) +
                      self.position(positions))
        for block in self.blocks:
            y = y + block["attention"](block["norm1"](y))
            y = y + block["mlp"](block["norm2"](y))
        return self.head(self.norm(y))


class Lstm(nn.Module):
    """Two layers over a series, whose last state gives the forecast."""

    def __init__(self, variables=2, horizon=4, width=16):
        super().__init__()
        self.variables = variables
        self.lstm = nn.LSTM(variables, width, num_layers=2, batch_first=True)
        self.head = nn.Linear(width, variables * horizon)

    def forward(self, x):
        states, _ = self.lstm(x.transpose(1, 2))
        return self.head(states[:, -1]).view(x.size(0), self.variables, -1)


class Custom(nn.Module):
    """A forward() with arithmetic of its own, constants, buffers, slices and gradients cut off."""

    def __init__(self, inputs=8, classes=3):
        super().__init__()
        self.scale = nn.Parameter(torch.linspace(0.5, 1.5, inputs))
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("table", torch.arange(12.0).view(4, 3), persistent=False)
        self.first = nn.Linear(inputs, 12)
        self.norm = nn.GroupNorm(3, 12)
        self.last = nn.utils.parametrizations.weight_norm(nn.Linear(6, classes))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.mean.mul_(0.9).add_(0.1 * x.mean(0))
        y = self.norm(self.first((x - self.mean) * self.scale))
        a, b = y.chunk(2, dim=1)
        gate = torch.where(a > 0, a, 0.1 * a).clamp(max=3.0) * torch.sigmoid(b)
        index = (gate.detach().sum(1).abs() * 7).long() % 4
        offsets = torch.tensor([0.1, -0.2, 0.3])
        return self.last(gate) + 0.01 * self.table[index] + offsets * x.shape[0] / (x.shape[0] + 1)


def examples(kind, step, count=12):
    """Inputs and targets of a step."""
    generator = torch.Generator().manual_seed(1000 + step)

    def normal(*shape):
        return torch.randn(count, *shape, generator=generator)

    def classes(most, *shape):
        return torch.randint(0, most, (count, *shape), generator=generator)

    if kind.startswith("gpt"):
        tokens = classes(30, 17)
        return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
    if kind == "lstm":
        return normal(2, 24), normal(2, 4)
    if kind == "cnn":
        return normal(1, 16, 16), classes(10)
    if kind.startswith("resnet"):
        return normal(3, 32, 32), classes(10)
    return normal(8), classes(3)


MODELS = {
    "mlp": Mlp,
    "cnn": SmallCnn,
    "resnet18": lambda: ResNet18(width=16),
    "gpt": Gpt,
    "gpt-dropout": lambda: Gpt(dropout=0.1),
    "lstm": Lstm,
    "custom": Custom,
}


def export(model, inputs, path):
    """For any size of the batch."""
    program = torch.export.export(model, (inputs,),
                                  dynamic_shapes=({0: torch.export.Dim("batch")},))
    torch.export.save(program, path)


def loss_of(outputs, targets):
    if targets.dtype == torch.float32:
        return F.mse_loss(outputs, targets)
    return F.cross_entropy(outputs.flatten(0, -2), targets.flatten())


def batches_for(kind, steps):
    """Inputs "x.N" and targets "y.N" of each step."""
    return {f"{letter}.{step}": tensor for step in range(steps)
            for letter, tensor in zip("xy", examples(kind, step))}


def train(model, batches):
    """Trains with SGD and momentum. Returns the losses, the gradients of the first step, the outputs
    in evaluation for the first batch, and at the end all parameters and buffers that are saved."""
    torch.manual_seed(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, foreach=False)
    model.train()
    results, losses = {}, []
    for step in range(len(batches) // 2):
        optimizer.zero_grad()
        loss = loss_of(model(batches[f"x.{step}"]), batches[f"y.{step}"])
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            for name, parameter in model.named_parameters():
                if parameter.grad is not None:
                    results[f"gradient.{name}"] = parameter.grad.clone()
        optimizer.step()
    model.eval()
    results["losses"] = torch.tensor(losses)
    results["evaluation"] = model(batches["x.0"]).detach()
    for name, tensor in [*model.named_parameters(remove_duplicate=False), *model.named_buffers()]:
        results[f"weight.{name}"] = tensor.detach().clone()
    return results
