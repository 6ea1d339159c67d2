"""A network that a plan lists line by line (docs/networks.md) as a PyTorch module, with Tare's parameter names."""

import torch
import torch.nn.functional as F
from torch import nn


# What the first word after each kind means, if it has no name.
FIRST = {
    "conv": "outputs", "dense": "outputs", "groupNorm": "groups", "dropout": "rate",
    "maxPool": "size", "averagePool": "size", "save": "name", "add": "name",
}


def parsed(line):
    """The kind of a line, and what comes after it by name."""
    kind, *words = line.split()
    return kind, dict(w.split("=", 1) if "=" in w else (FIRST[kind], w) for w in words)


class RMSNorm(nn.Module):
    """PyTorch's RMS norm over all channels and positions of a sample, with γ and β for each channel."""

    def __init__(self, channels, eps=1e-5):
        super().__init__()
        self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels)), eps

    def forward(self, x):
        shape = (1, -1) + (1,) * (x.dim() - 2)
        return F.rms_norm(x, x.shape[1:], eps=self.eps) * self.weight.reshape(shape) + self.bias.reshape(shape)


class Listed(nn.Module):
    """`modules_` and `lines` go together; a line that is no module (save, add) is done by forward."""

    def __init__(self, lines, shape, classes=10, normalization="batch", groups=8, epsilon=1e-5):
        super().__init__()
        self.lines, self.names, self.modules_ = [], [], nn.ModuleList()
        kinds = [parsed(line)[0] for line in lines]
        if normalization == "weight" or "weightNorm" in kinds:
            raise ValueError("weight normalization is not made here; tare export --torch does it")
        if normalization == "none":
            lines = [line for line, kind in zip(lines, kinds) if kind != "norm"]
        else:
            lines = [self.meant(line, normalization, groups) for line in lines]
        (channels, height, width), count = shape, {"conv": 0, "dense": 0, "norm": 0}
        for index, line in enumerate(lines):
            kind, named = parsed(line)
            followed = index + 1 < len(lines) and parsed(lines[index + 1])[0].endswith(("norm", "Norm"))
            module, name = nn.Identity(), None
            if kind == "conv":
                outputs = int(named["outputs"])
                kernel, stride = int(named.get("kernel", 3)), int(named.get("stride", 1))
                module = nn.Conv2d(channels, outputs, kernel, stride, kernel // 2, bias=not followed)
                channels, height, width = outputs, (height - 1) // stride + 1, (width - 1) // stride + 1
                name = self.numbered("conv", count)
            elif kind == "dense":
                outputs = classes if named["outputs"] == "classes" else int(named["outputs"])
                module = nn.Linear(channels * height * width, outputs, bias=not followed)
                channels, height, width = outputs, 1, 1
                name = "head" if index == len(lines) - 1 else self.numbered("dense", count)
            elif kind.endswith("Norm"):
                epsilon_ = float(named.get("epsilon", epsilon))
                flat = "flatten" in [parsed(before)[0] for before in lines[:index]]
                if kind == "batchNorm":
                    module = (nn.BatchNorm1d if flat else nn.BatchNorm2d)(channels, eps=epsilon_)
                elif kind == "rmsNorm":
                    module = RMSNorm(channels, epsilon_)
                else:
                    parts = 1 if kind == "layerNorm" else int(named.get("groups", groups))
                    module = nn.GroupNorm(parts, channels, eps=epsilon_)
                name = self.numbered("norm", count)
            elif kind in ("maxPool", "averagePool"):
                size = int(named["size"])
                stride, padding = int(named.get("stride", size)), int(named.get("padding", 0))
                module = (nn.MaxPool2d if kind == "maxPool" else nn.AvgPool2d)(size, stride, padding)
                height, width = ((extent + 2 * padding - size) // stride + 1 for extent in (height, width))
            elif kind == "globalAveragePool":
                module, height, width = nn.AdaptiveAvgPool2d(1), 1, 1
            elif kind == "dropout":
                module = nn.Dropout(float(named["rate"]))
            elif kind in ("relu", "gelu", "flatten"):
                module = {"relu": nn.ReLU, "gelu": nn.GELU, "flatten": nn.Flatten}[kind]()
            elif kind not in ("save", "add"):
                raise ValueError(f"no module for {line!r}")
            self.lines.append((kind, named.get("name")))
            self.modules_.append(module)
            self.names.append(name)

    @staticmethod
    def meant(line, normalization, groups):
        words = {"batch": "batchNorm", "layer": "layerNorm", "group": f"groupNorm {groups}", "rms": "rmsNorm"}
        return words[normalization] if line == "norm" else line

    @staticmethod
    def numbered(kind, count):
        count[kind] += 1
        return f"{kind}{count[kind]}"

    def forward(self, x):
        saved = {}
        for (kind, name), module in zip(self.lines, self.modules_):
            if kind == "save":
                saved[name] = x
            elif kind == "add":
                shortcut = saved.pop(name)
                stride = -(-shortcut.shape[2] // x.shape[2]) if x.dim() == 4 else 1
                if x.dim() == 4:
                    shortcut = shortcut[:, :, ::stride, ::stride]
                missing = x.shape[1] - shortcut.shape[1]
                x = x + F.pad(shortcut, (0, 0) * (x.dim() - 2) + (0, missing))
            else:
                x = module(x)
        return x

    def tensors(self):
        """(Tare's name, tensor, role) in Tare's order."""
        result = []
        for name, module in zip(self.names, self.modules_):
            if name is None:
                continue
            if name.startswith("norm"):
                result += [(f"{name}.gamma", module.weight, "gamma"), (f"{name}.beta", module.bias, "beta")]
                if hasattr(module, "running_mean"):
                    result += [
                        (f"{name}.running_mean", module.running_mean, "running_mean"),
                        (f"{name}.running_var", module.running_var, "running_var"),
                    ]
                continue
            result.append((f"{name}.weight", module.weight, "weight"))
            if module.bias is not None:
                result.append((f"{name}.bias", module.bias, "bias"))
        return result


def read(path):
    """The lines of a plan's `network:`, each on a line of its own after a dash."""
    lines, inside = [], False
    with open(path, encoding="utf-8") as plan:
        for text in plan:
            text = text.split("#")[0].rstrip()
            if text.startswith("network:"):
                inside = True
            elif inside and text.lstrip().startswith("- "):
                lines.append(text.lstrip()[2:].strip())
            elif text and not text.startswith(" "):
                inside = False
    return lines


def count(network):
    """Trained parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


