"""The presets conv3, conv4 and mlp as PyTorch modules, with Tare's parameter names."""
import torch
from torch import nn


def convolutional(preset, channels, classes=10, size=32):
    """conv3 or conv4 for `channels` × `size` × `size` images."""
    plan = {
        "conv3": [(32, 3), (64, 3), (128, 3)],
        "conv4": [(64, 5), (128, 3), (256, 3), (512, 3)],
    }[preset]
    layers, names, width = [], [], channels
    for index, (out, kernel) in enumerate(plan, start=1):
        layers += [nn.Conv2d(width, out, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
        names += [f"conv{index}", f"norm{index}", None]
        last = index == len(plan)
        if preset == "conv3":
            layers.append(nn.MaxPool2d(2))
            size //= 2
        elif last:
            layers.append(nn.AvgPool2d(size))
            size = 1
        else:
            layers.append(nn.MaxPool2d(3, stride=2, padding=1))
            size = (size + 2 - 3) // 2 + 1
        names.append(None)
        width = out
    layers += [nn.Flatten(), nn.Linear(width * size * size, classes)]
    return nn.Sequential(*layers), names + [None, "head"]


def perceptron(inputs, classes=10, hidden=(128, 128)):
    layers, names, width = [nn.Flatten()], [None], inputs
    for index, out in enumerate(hidden, start=1):
        layers += [nn.Linear(width, out, bias=False), nn.BatchNorm1d(out), nn.ReLU()]
        names += [f"dense{index}", f"norm{index}", None]
        width = out
    layers.append(nn.Linear(width, classes))
    return nn.Sequential(*layers), names + ["head"]


def build(preset, shape, classes=10):
    """A network for images of `shape` (channels, height, width), and Tare's name of each module (or None)."""
    channels, height, _ = shape
    if preset == "mlp":
        return perceptron(int(torch.tensor(shape).prod()), classes)
    return convolutional(preset, channels, classes, height)


def named_parameters(network, names):
    """Tare's parameter name -> torch parameter."""
    result = {}
    for module, name in zip(network, names):
        if name is None:
            continue
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            result[f"{name}.gamma"], result[f"{name}.beta"] = module.weight, module.bias
        else:
            result[f"{name}.weight"] = module.weight
            if module.bias is not None:
                result[f"{name}.bias"] = module.bias
    return result
