"""Writes pytorch.json: what PyTorch computes in float64 for the presets, with formula-made weights and images.

Usage: python generate.py > pytorch.json     (needs torch and numpy)
The formulas are those of Formula.swift; every number they give is exact in float64.
"""
import json
import math
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

SAMPLES = 4
CLASSES = 10


def formula(stream, count):
    """On [-1/2, 1/2): a mixed 32-bit hash of the position in the stream."""
    mask = np.uint64(0xFFFFFFFF)
    h = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(stream + 1) * np.uint64(2246822519)) & mask
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & mask
    h ^= h >> np.uint64(13)
    return h.astype(np.float64) * 2.0**-32 - 0.5


def hidden(layer, width, norm, normalized):
    return [layer] + ([norm(width)] if normalized else []) + [nn.ReLU()]


def mlp(channels, size, normalized):
    layers, width = [nn.Flatten()], channels * size * size
    for outputs in (128, 128):
        layers += hidden(nn.Linear(width, outputs, bias=not normalized), outputs, nn.BatchNorm1d, normalized)
        width = outputs
    return layers + [nn.Linear(width, CLASSES)]


def convolutions(channels, widths, kernels, normalized, pool):
    layers = []
    for i, (outputs, kernel) in enumerate(zip(widths, kernels)):
        layer = nn.Conv2d(channels, outputs, kernel, padding=kernel // 2, bias=not normalized)
        layers += hidden(layer, outputs, nn.BatchNorm2d, normalized) + pool(i)
        channels = outputs
    return layers


def conv3(channels, size, normalized):
    layers = convolutions(channels, (32, 64, 128), (3, 3, 3), normalized, lambda i: [nn.MaxPool2d(2)])
    return layers + [nn.Flatten(), nn.Linear(128 * (size // 8) ** 2, CLASSES)]


def conv4(channels, size, normalized):
    layers = convolutions(
        channels, (64, 128, 256, 512), (5, 3, 3, 3), normalized,
        lambda i: [nn.MaxPool2d(3, stride=2, padding=1)] if i < 3 else [])
    return layers + [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES)]


def named_tensors(model):
    """(name, tensor, role) in network order, under the names that Tare gives them."""
    counters = {"conv": 0, "dense": 0, "norm": 0}
    result = []
    for position, module in enumerate(model):
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            counters["norm"] += 1
            name = f"norm{counters['norm']}"
            for role, tensor in (("gamma", module.weight), ("beta", module.bias),
                                 ("running_mean", module.running_mean), ("running_var", module.running_var)):
                result.append((f"{name}.{role}", tensor, role))
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            kind = "conv" if isinstance(module, nn.Conv2d) else "dense"
            if position == len(model) - 1:
                name = "head"
            else:
                counters[kind] += 1
                name = f"{kind}{counters[kind]}"
            result.append((f"{name}.weight", module.weight, "weight"))
            if module.bias is not None:
                result.append((f"{name}.bias", module.bias, "bias"))
    return result


def set_formula_values(tensors):
    with torch.no_grad():
        for stream, (_, tensor, role) in enumerate(tensors):
            u = formula(stream, tensor.numel())
            if role == "weight":
                values = u * math.sqrt(24 / (tensor.numel() // tensor.shape[0]))
            else:
                values = {"gamma": 1 + 0.4 * u, "running_var": 1 + u}.get(role, 0.4 * u)
            tensor.copy_(torch.from_numpy(values).reshape(tensor.shape))


def summary(values):
    flat = values.detach().reshape(-1).numpy()
    picks = sorted({0, len(flat) // 3, len(flat) // 2, len(flat) - 1})
    weights = np.arange(len(flat)) % 7 - 3  # tells orders apart that a plain sum would not
    return {
        "norm": float(np.sqrt(np.dot(flat, flat))),
        "weightedSum": float(np.dot(flat, weights)),
        "elements": [{"index": i, "value": float(flat[i])} for i in picks],
    }


def case(network, channels, size, normalization):
    model = nn.Sequential(*{"mlp": mlp, "conv3": conv3, "conv4": conv4}[network](
        channels, size, normalization == "batch")).double()
    for module in model:
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.momentum = 1.0  # the statistics of one batch, unmixed
    tensors = named_tensors(model)
    set_formula_values(tensors)
    count = SAMPLES * channels * size * size
    images = torch.from_numpy(2 * formula(1000, count)).reshape(SAMPLES, channels, size, size)
    labels = torch.tensor([(i * i + 3 * i) % CLASSES for i in range(SAMPLES)])

    model.eval()
    with torch.no_grad():
        scores = model(images)
    evaluation = {"lossSum": functional.cross_entropy(scores, labels, reduction="sum").item(),
                  "correct": int((scores.argmax(1) == labels).sum())}
    model.train()
    scores = model(images)
    loss = functional.cross_entropy(scores, labels, reduction="sum")
    loss.backward()
    return {
        "network": network, "channels": channels, "size": size, "normalization": normalization, "samples": SAMPLES,
        "training": {"lossSum": loss.item(), "correct": int((scores.argmax(1) == labels).sum())},
        "evaluation": evaluation,
        "gradient": {name: summary(tensor if role.startswith("running") else tensor.grad)
                     for name, tensor, role in tensors},
    }


torch.set_num_threads(1)
cases = [case(network, channels, size, normalization)
         for network in ("mlp", "conv3", "conv4")
         for channels, size in ((3, 32), (1, 28))
         for normalization in ("batch", "none")]
json.dump({"torch": torch.__version__, "cases": cases}, sys.stdout, indent=1)
sys.stdout.write("\n")
