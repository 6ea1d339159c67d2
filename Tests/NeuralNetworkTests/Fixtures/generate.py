"""Writes pytorch.json: what PyTorch computes in float64 for the presets, with formula-made weights and images.

Usage: python generate.py > pytorch.json     (needs torch and numpy)
The formulas are those of Formula.swift; every number they give is exact in float64.
"""
import json
import math
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "cluster" / "peers"))
import listed  # noqa: E402

SAMPLES = 4
CLASSES = 10
GROUPS = 8


def formula(stream, count):
    """On [-1/2, 1/2): a mixed 32-bit hash of the position in the stream."""
    mask = np.uint64(0xFFFFFFFF)
    h = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(stream + 1) * np.uint64(2246822519)) & mask
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(2246822519)) & mask
    h ^= h >> np.uint64(13)
    return h.astype(np.float64) * 2.0**-32 - 0.5


def hidden(layer, width, normalization):
    """The layer, what normalizes it, and a ReLU."""
    image = isinstance(layer, nn.Conv2d)
    norms = {
        "none": lambda: [],
        "batch": lambda: [(nn.BatchNorm2d if image else nn.BatchNorm1d)(width)],
        "layer": lambda: [nn.GroupNorm(1, width) if image else nn.LayerNorm(width)],
        "group": lambda: [nn.GroupNorm(GROUPS, width)],
        "rms": lambda: [listed.RMSNorm(width)],
        "weight": lambda: [],  # the layer's bias is its beta
    }
    if normalization == "weight":
        layer = parametrizations.weight_norm(layer, dim=0)
    return [layer] + norms[normalization]() + [nn.ReLU()]


def has_bias(normalization):
    return normalization in ("none", "weight")


def mlp(channels, size, normalization):
    layers, width = [nn.Flatten()], channels * size * size
    for outputs in (128, 128):
        layers += hidden(nn.Linear(width, outputs, bias=has_bias(normalization)), outputs, normalization)
        width = outputs
    return layers + [nn.Linear(width, CLASSES)]


def convolutions(channels, widths, kernels, normalization, pool):
    layers = []
    for i, (outputs, kernel) in enumerate(zip(widths, kernels)):
        layer = nn.Conv2d(channels, outputs, kernel, padding=kernel // 2, bias=has_bias(normalization))
        layers += hidden(layer, outputs, normalization) + pool(i)
        channels = outputs
    return layers


def conv3(channels, size, normalization):
    layers = convolutions(channels, (32, 64, 128), (3, 3, 3), normalization, lambda i: [nn.MaxPool2d(2)])
    return layers + [nn.Flatten(), nn.Linear(128 * (size // 8) ** 2, CLASSES)]


def conv4(channels, size, normalization):
    layers = convolutions(
        channels, (64, 128, 256, 512), (5, 3, 3, 3), normalization,
        lambda i: [nn.MaxPool2d(3, stride=2, padding=1)] if i < 3 else [])
    return layers + [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES)]


def named_tensors(model):
    """(name, tensor, role) in network order, under the names that Tare gives them."""
    counters = {"conv": 0, "dense": 0, "norm": 0}
    result = []

    def numbered(kind):
        counters[kind] += 1
        return f"{kind}{counters[kind]}"

    for position, module in enumerate(model):
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm, listed.RMSNorm)):
            name = numbered("norm")
            result += [(f"{name}.gamma", module.weight, "gamma"), (f"{name}.beta", module.bias, "beta")]
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                result += [(f"{name}.running_mean", module.running_mean, "running_mean"),
                           (f"{name}.running_var", module.running_var, "running_var")]
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            kind = "conv" if isinstance(module, nn.Conv2d) else "dense"
            name = "head" if position == len(model) - 1 else numbered(kind)
            if hasattr(module, "parametrizations"):
                length, direction = (getattr(module.parametrizations.weight, f"original{i}") for i in (0, 1))
                norm = numbered("norm")
                result += [(f"{name}.weight", direction, "weight"), (f"{norm}.gamma", length, "gamma"),
                           (f"{norm}.beta", module.bias, "beta")]
                continue
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


def case(network, channels, size, normalization, lines=None, smoothing=0.0):
    if lines:
        model = listed.Listed(lines, (channels, size, size), CLASSES, normalization, GROUPS).double()
    else:
        model = nn.Sequential(*{"mlp": mlp, "conv3": conv3, "conv4": conv4}[network](
            channels, size, normalization)).double()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.momentum = 1.0  # the statistics of one batch, unmixed
    tensors = model.tensors() if lines else named_tensors(model)
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
    loss = functional.cross_entropy(scores, labels, reduction="sum", label_smoothing=smoothing)
    loss.backward()
    return ({"lines": lines} if lines else {}) | ({"labelSmoothing": smoothing} if smoothing else {}) | {
        "network": network, "channels": channels, "size": size, "normalization": normalization, "samples": SAMPLES,
        "training": {"lossSum": loss.item(), "correct": int((scores.argmax(1) == labels).sum())},
        "evaluation": evaluation,
        "gradient": {name: summary(tensor if role.startswith("running") else tensor.grad)
                     for name, tensor, role in tensors},
    }


LISTS = {
    "residual blocks": [
        "conv 16", "norm", "relu", "save x", "conv 16", "norm", "relu", "conv 16", "norm", "add x", "relu",
        "save x", "conv 32 stride=2", "norm", "relu", "conv 32", "norm", "add x", "relu", "globalAveragePool", "flatten",
        "dense classes"],
    "gelu": ["conv 8 kernel=5 stride=2", "gelu", "batchNorm", "conv 8", "groupNorm 4 epsilon=1e-3", "gelu",
             "averagePool 2", "flatten", "dense 12", "layerNorm", "gelu", "dense classes"],
    "rms": ["conv 8", "rmsNorm", "relu", "conv 8", "relu", "rmsNorm epsilon=1e-3", "maxPool 2", "flatten", "dense 12",
            "rmsNorm", "gelu", "dense classes"],
}

torch.set_num_threads(1)
cases = [case(network, channels, size, normalization)
         for network in ("mlp", "conv3", "conv4")
         for channels, size in ((3, 32), (1, 28))
         for normalization in ("batch", "none", "weight", "layer", "group", "rms")
         if channels == 3 or normalization in ("batch", "none")]
cases += [case(name, 3, 16, normalization, lines)
          for name, lines in LISTS.items() for normalization in ("batch", "none", "group")]
cases += [case("mlp", 1, 28, "batch", smoothing=smoothing) for smoothing in (0.1, 0.5)]
json.dump({"torch": torch.__version__, "cases": cases}, sys.stdout, indent=1)
sys.stdout.write("\n")
