# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Small models that together call every operator that Trilby writes as ONNX."""

import torch
from torch import nn
from torch.nn import functional as F


class Calls(nn.Module):
    """A function of the input, with the layers it uses."""

    def __init__(self, function, **layers):
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.function(self, x)


def image(function, layers):
    return torch.randn(4, 3, 8, 8), (function, layers)


def table(function, layers):
    return torch.randn(4, 6), (function, layers)


def sequence(function, layers):
    return torch.randn(4, 5, 6), (function, layers)


def attend(**options):
    return lambda m, x: F.scaled_dot_product_attention(
        x.unsqueeze(1), x.unsqueeze(1), x.unsqueeze(1), **options).squeeze(1)


def trained_norm(norm):
    """With statistics that are not those of a new layer."""
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2.0)
    return norm


def changed_in_place(x):
    y = x.clone()
    y.mul_(2.0).add_(1.0, alpha=0.5).clamp_(max=2.0)
    return torch.relu_(y)


ACTIVATIONS = {
    name: (lambda m, x, f=function: f(x)) for name, function in {
        "relu": F.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "silu": F.silu, "gelu": F.gelu,
        "gelu-tanh": lambda x: F.gelu(x, approximate="tanh"), "leaky-relu": F.leaky_relu,
        "elu": lambda x: F.elu(x, 0.7), "selu": F.selu, "celu": lambda x: F.celu(x, 1.3),
        "hardsigmoid": F.hardsigmoid, "hardswish": F.hardswish,
        "hardtanh": lambda x: F.hardtanh(x, -0.3, 0.6), "relu6": F.relu6, "softplus": F.softplus,
        "mish": F.mish, "log-sigmoid": F.logsigmoid, "glu": F.glu,
        "softmax": lambda x: F.softmax(x, 1), "log-softmax": lambda x: F.log_softmax(x, -1),
        "dropout": lambda x: F.dropout(x, 0.4, False),
    }.items()}

ARITHMETIC = {
    name: (lambda m, x, f=function: f(x)) for name, function in {
        "add-alpha": lambda x: torch.add(x, x * x, alpha=0.5), "sub": lambda x: x - 2,
        "rsub": lambda x: 1.5 - x, "div": lambda x: x / (x.abs() + 1),
        "div-floor": lambda x: torch.div(x, 0.3, rounding_mode="floor"),
        "floordiv": lambda x: x // 0.7, "remainder": lambda x: x % 0.7,
        "remainder-int": lambda x: (x * 10).long() % 3, "pow": lambda x: x.abs() ** 1.5,
        "pow-int": lambda x: x**3, "maximum": lambda x: torch.maximum(x, -x),
        "minimum": lambda x: torch.minimum(x, x * 2),
        "addcmul": lambda x: torch.addcmul(x, x, x, value=0.3),
        "floordiv-uneven": lambda x: torch.full_like(x, 1.0) // 0.1 + 1e6 * x % 0.7,
        "floordiv-int": lambda x: (x * 10).long() // 3 + (x * 7).int() % -4,
        "softplus-sum": lambda x: F.softplus(x * 9, threshold=30),
        "compare": lambda x: (x > 0.1).float() + (x <= 0).float() * 2 + (x == 0).float() +
                             (x.ne(1)).float() + (x < x * x).float() + (x >= 2).float(),
        "logical": lambda x: ((x > 0) & ~(x > 1) | (x < -1)).float(),
        "exp-log": lambda x: torch.log(torch.exp(x) + 1) + torch.log1p(x.abs()) + torch.expm1(x),
        "roots": lambda x: torch.sqrt(x.abs()) + torch.rsqrt(x.abs() + 1) + torch.reciprocal(x + 9),
        "waves": lambda x: torch.sin(x) * torch.cos(x) + torch.erf(x),
        "round": lambda x: torch.floor(x) + torch.ceil(x) + torch.round(x) + torch.sign(x),
        "square-abs": lambda x: torch.square(x) - torch.abs(x) + torch.neg(x),
        "clamp": lambda x: x.clamp(-0.5, 0.5) + x.clamp(min=0.1) + torch.clamp_max(x, 0.2),
        "whole-numbers": lambda x: ((x * 4).int() * 3 + 1).float(), "in-place": changed_in_place,
    }.items()}

SHAPES = {
    name: (lambda m, x, f=function: f(x)) for name, function in {
        "view": lambda x: x.view(x.size(0), -1), "reshape": lambda x: x.reshape(-1, 8, 8, 3),
        "flatten": lambda x: x.flatten(1), "flatten-middle": lambda x: x.flatten(1, 2),
        "unflatten": lambda x: x.unflatten(2, (2, 4)),
        "permute": lambda x: x.permute(0, 2, -1, 1), "transpose": lambda x: x.transpose(1, -1),
        "squeeze": lambda x: x[:, :1].squeeze(1).unsqueeze(-1),
        "expand": lambda x: x[:, :1].expand(-1, 3, -1, -1) + x.mean(1, True).expand_as(x),
        "repeat": lambda x: x.repeat(1, 2, 1, 3), "cat": lambda x: torch.cat((x, x * 2), 1),
        "stack": lambda x: torch.stack((x, x + 1), 2),
        "split": lambda x: x.split(3, 2)[1].mean(2) * x.split((4, 3, 1), 3)[2].mean(2),
        "chunk": lambda x: x.chunk(3, 2)[2], "unbind": lambda x: x.unbind(1)[2],
        "slice": lambda x: x[:, 1:, ::2, -3:], "select": lambda x: x[:, -1, 2],
        "narrow": lambda x: x.narrow(2, 1, 3), "pad": lambda x: F.pad(x, (1, 2, 0, 1), value=0.5),
        "pad-reflect": lambda x: F.pad(x, (1, 2, 2, 1), mode="reflect"),
        "pad-replicate": lambda x: F.pad(x, (1, 2, 2, 1), mode="replicate"),
        "pixel-shuffle": lambda x: F.pixel_shuffle(torch.cat((x, x, x, x), 1), 2),
        "nearest": lambda x: F.interpolate(x, scale_factor=2),
        "bilinear": lambda x: F.interpolate(x, (12, 16), mode="bilinear"),
        "bilinear-one": lambda x: F.interpolate(x, (1, 1), mode="bilinear"),
        "nearest-factors": lambda x: F.interpolate(x, scale_factor=(1.5, 2)),
        "cat-types": lambda x: torch.cat((x, x > 0), 1),
        "bilinear-corners": lambda x: F.interpolate(x, (5, 9), mode="bilinear",
                                                    align_corners=True),
        "batch-arithmetic": lambda x: x.sum((1, 2, 3)) * x.size(0) + torch.zeros(x.size(0)) +
                                      torch.arange(x.size(0)) + torch.full((x.size(0),), 2.5),
        "likes": lambda x: torch.zeros_like(x) + torch.ones_like(x) * torch.full_like(x, 0.5),
    }.items()}

REDUCTIONS = {
    name: (lambda m, x, f=function: f(x)) for name, function in {
        "mean": lambda x: x.mean((1, -1), keepdim=True), "mean-all": lambda x: x - x.mean(),
        "sum": lambda x: x.sum(2), "sum-all": lambda x: x / x.sum(),
        "prod": lambda x: x.prod(1), "logsumexp": lambda x: torch.logsumexp(x, 1),
        "max": lambda x: x.max(1)[0] + x.max(1)[1], "amax": lambda x: x.amax((1, 2)),
        "amin": lambda x: x.amin(1, True), "argmax": lambda x: x.argmax(-1),
        "max-all": lambda x: x - x.max() + x.min(), "norm": lambda x: torch.linalg.vector_norm(x, dim=1),
        "norm-1": lambda x: x.norm(p=1, dim=2), "var": lambda x: x.var(1),
        "var-biased": lambda x: x.var((1, 2), unbiased=False, keepdim=True),
        "std": lambda x: x.std(2), "cumsum": lambda x: x.cumsum(1),
        "topk": lambda x: x.topk(2, 1)[0] * x.topk(2, 1)[1],
    }.items()}

LAYERS = {
    "conv": image(lambda m, x: m.a(x), dict(a=nn.Conv2d(3, 4, 3, 2, 1, dilation=2))),
    "conv-groups": image(lambda m, x: m.a(x), dict(a=nn.Conv2d(3, 6, (3, 1), groups=3))),
    "conv-same": image(lambda m, x: m.a(x), dict(a=nn.Conv2d(3, 4, 4, padding="same"))),
    "conv-same-dilated": image(lambda m, x: m.a(x), dict(
        a=nn.Conv2d(3, 4, (3, 2), padding="same", dilation=2))),
    "conv-1d": sequence(lambda m, x: m.a(x), dict(a=nn.Conv1d(5, 4, 3, padding=1))),
    "conv-transposed": image(lambda m, x: m.a(x), dict(
        a=nn.ConvTranspose2d(3, 4, 3, 2, 1, output_padding=1))),
    "conv-3d": image(lambda m, x: m.a(x.unsqueeze(2)), dict(a=nn.Conv3d(3, 4, (1, 3, 3)))),
    "batch-norm": image(lambda m, x: m.a(x), dict(a=trained_norm(nn.BatchNorm2d(3)))),
    "batch-norm-1d": table(lambda m, x: m.a(x), dict(a=trained_norm(nn.BatchNorm1d(6, affine=False)))),
    "instance-norm": image(lambda m, x: m.a(x), dict(a=nn.InstanceNorm2d(3, affine=True))),
    "instance-norm-tracked": image(lambda m, x: m.a(x), dict(
        a=trained_norm(nn.InstanceNorm2d(3, track_running_stats=True)))),
    "group-norm": image(lambda m, x: m.a(torch.cat((x, x), 1)), dict(a=nn.GroupNorm(2, 6))),
    "layer-norm": sequence(lambda m, x: m.a(x), dict(a=nn.LayerNorm((5, 6)))),
    "layer-norm-plain": sequence(lambda m, x: m.a(x), dict(
        a=nn.LayerNorm(6, elementwise_affine=False))),
    "rms-norm": sequence(lambda m, x: m.a(x), dict(a=nn.RMSNorm(6))),
    "max-pool": image(lambda m, x: m.a(x), dict(a=nn.MaxPool2d(3, 2, 1))),
    "avg-pool": image(lambda m, x: m.a(x), dict(a=nn.AvgPool2d(3, 1, 1))),
    "avg-pool-inside": image(lambda m, x: m.a(x), dict(
        a=nn.AvgPool2d(2, padding=1, count_include_pad=False))),
    "adaptive-avg-pool": image(lambda m, x: m.a(x) + m.b(x), dict(
        a=nn.AdaptiveAvgPool2d(1), b=nn.AdaptiveAvgPool2d((2, 4)))),
    "adaptive-max-pool": image(lambda m, x: m.a(x), dict(a=nn.AdaptiveMaxPool2d(2))),
    "linear-3d": sequence(lambda m, x: m.a(x), dict(a=nn.Linear(6, 4))),
    "bilinear-product": sequence(lambda m, x: x @ x.transpose(1, 2) + torch.bmm(x, m.a.weight.t().expand(
        x.size(0), 6, 5)), dict(a=nn.Linear(6, 5))),
    "einsum": sequence(lambda m, x: torch.einsum("bik,jk->bij", x, m.a.weight), dict(
        a=nn.Linear(6, 4))),
    "prelu": image(lambda m, x: m.a(x), dict(a=nn.PReLU(3))),
    "weight-norm": table(lambda m, x: m.a(x), dict(
        a=nn.utils.parametrizations.weight_norm(nn.Linear(6, 4)))),
    "weight-norm-all": table(lambda m, x: m.a(x), dict(
        a=nn.utils.parametrizations.weight_norm(nn.Linear(6, 4), dim=None))),
    "attention-masked-out": sequence(attend(attn_mask=torch.ones(5, 5).tril(-1) > 0.5), {}),
    "lstm": sequence(lambda m, x: m.a(x)[0], dict(a=nn.LSTM(6, 3, batch_first=True))),
    "lstm-deep": sequence(lambda m, x: torch.cat((m.a(x)[0].mean(1), m.a(x)[1][1][2]), 1), dict(
        a=nn.LSTM(6, 3, 2, batch_first=True, bidirectional=True))),
    "gru": sequence(lambda m, x: m.a(x)[0], dict(a=nn.GRU(6, 3, 2, bias=False, batch_first=True))),
    "attention": sequence(attend(), {}),
    "attention-causal": sequence(attend(is_causal=True, scale=0.3), {}),
    "attention-mask": sequence(attend(attn_mask=torch.eye(5) > 0.5), {}),
    "attention-bias": sequence(attend(attn_mask=torch.randn(5, 5)), {}),
    "transformer": sequence(lambda m, x: m.a(x), dict(
        a=nn.TransformerEncoderLayer(6, 2, 12, 0.1, batch_first=True))),
    "multi-head": sequence(lambda m, x: m.a(x, x, x, need_weights=False)[0], dict(
        a=nn.MultiheadAttention(6, 3, batch_first=True))),
    "embedding": table(lambda m, x: m.a((x.abs() * 3).long().clamp(max=9)), dict(
        a=nn.Embedding(10, 4))),
    "index": table(lambda m, x: m.a.weight[(x[:, 0].abs() * 3).long().clamp(max=9)], dict(
        a=nn.Embedding(10, 4))),
    "gather": table(lambda m, x: x.gather(1, x.argmax(1, True)) + x.index_select(
        1, torch.tensor([2, 0])), {}),
    "where": table(lambda m, x: torch.where(x > 0, x, -1.0) + x.masked_fill(x < 0.5, 7.0), {}),
    "triangles": sequence(lambda m, x: x.tril(1) + x.triu(-1), {}),
}


def models():
    """The model and an example of its input, by name."""
    made = {}
    for name, function in ACTIVATIONS.items() | ARITHMETIC.items():
        made[name] = Calls(function), torch.randn(4, 6)
    for name, function in SHAPES.items():
        made[name] = Calls(function), torch.randn(4, 3, 8, 8)
    for name, function in REDUCTIONS.items():
        made[name] = Calls(function), torch.randn(4, 5, 6)
    for name, (example, (function, layers)) in LAYERS.items():
        made[name] = Calls(function, **layers), example
    return made
