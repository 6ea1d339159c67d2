#!/usr/bin/env python3
"""Trains a Tare run's first steps again in PyTorch, from the run's own initial weights, and compares the losses.

    tare train --set dataset.shuffle=false --set execution.metricsEvery=1 --steps 20 … --output RUN
    python3 replay.py RUN [--steps 20] [--tolerance 1e-9] [--rounding]

Needs PyTorch and NumPy. Batch statistics are those of one microbatch, as in Tare; the gradients of a step's
microbatches are added up and divided by the batch size. Exits with 1 if a loss differs by more than the tolerance.
"""
import argparse
import csv
import json
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

import images
import listed
import networks


def read_safetensors(path):
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    kinds = {"F32": np.float32, "F64": np.float64}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            data = np.frombuffer(raw[8 + length + start : 8 + length + end], kinds[entry["dtype"]])
            tensors[name] = torch.from_numpy(data.reshape(entry["shape"]).copy())
    return tensors


def optimizer(spec, parameters):
    """The run's optimizer in PyTorch's terms: l2 is λ of λ‖w‖², PyTorch's weight_decay is 2λ, on weights only."""
    rule = spec["optimizer"]
    rate = rule["learningRate"]
    penalty = {"l2": spec.get("l2") or 0.0, "decay": spec.get("weightDecay") or 0.0}

    def group(members, penalized):
        decay = penalty["decay"] if rule["name"] == "adamw" else 2 * penalty["l2"]
        return {"params": members, "weight_decay": decay if penalized else 0.0}

    weights = [p for name, p in parameters.items() if name.endswith(".weight") and not name.startswith("head")]
    others = [p for name, p in parameters.items() if not name.endswith(".weight") or name.startswith("head")]
    groups = [group(weights, True), group(others, False)]
    if rule["name"] in ("adam", "adamw"):
        kind = torch.optim.AdamW if rule["name"] == "adamw" else torch.optim.Adam
        return kind(groups, lr=rate, betas=(rule["beta1"], rule["beta2"]), eps=rule["epsilon"])
    if rule["name"] == "rmsprop":
        return torch.optim.RMSprop(groups, lr=rate, alpha=rule["beta2"], eps=rule["epsilon"])
    if rule["name"] not in ("sgd", "momentum", "nesterov"):
        raise SystemExit(f"PyTorch has no optimizer that takes the steps of {rule['name']}")
    momentum = rule.get("momentum") or 0.0
    return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=rule["name"] == "nesterov")


def tare_losses(run):
    rows = csv.DictReader((run / "metrics.csv").open())
    return {int(r["step"]): float(r["value"]) for r in rows if r["metric"] == "trainLoss"}


def replay(record, initial, train, labels, steps, backward=False):
    """PyTorch's losses of the first `steps` steps.

    - backward: whether the gradients of a step's microbatches are added up from the last one to the first, which changes
      nothing but the rounding.
    """
    spec = record["spec"]
    if layers := spec["network"].get("layers"):
        norm = (spec.get("normalizationGroups", 8), spec.get("normalizationEpsilon", 1e-5))
        network = listed.Listed(layers, train.shape[1:], 10, spec["normalization"], *norm)
        parameters = {name: tensor for name, tensor, role in network.tensors() if not role.startswith("running")}
    else:
        network, names = networks.build(spec["network"]["preset"], train.shape[1:])
        parameters = networks.named_parameters(network, names)
    precise = spec["precision"] == "double"
    network = network.double() if precise else network.float()
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(initial[name])
    rule = optimizer(spec, parameters)
    batch, microbatch = spec["batch"], spec["microbatch"]
    losses = []
    network.train()
    for step in range(steps):
        rule.zero_grad()
        total = 0.0
        starts = range(step * batch, (step + 1) * batch, microbatch)
        for start in reversed(starts) if backward else starts:
            index = np.arange(start, start + microbatch) % len(train)
            x = torch.from_numpy(images.standardize(train[index], train).astype(np.float64 if precise else np.float32))
            y = torch.from_numpy(labels[index].astype(np.int64))
            loss = F.cross_entropy(network(x), y, reduction="sum")
            (loss / batch).backward()
            total += loss.item()
        rule.step()
        losses.append(total / batch)
    return losses


def difference(some, others):
    """The largest relative difference."""
    return max(abs(a - b) / abs(b) for a, b in zip(some, others))


def means(losses, count=20):
    """Over `count` steps each."""
    return [sum(part) / len(part) for part in (losses[start : start + count] for start in range(0, len(losses), count))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--tolerance", type=float)
    parser.add_argument(
        "--rounding", action="store_true",
        help="train it in PyTorch once more, adding gradients up in another order, and say how far PyTorch is from itself")
    options = parser.parse_args()

    torch.set_num_threads(1)
    record = json.loads((options.run / "run.json").read_text())
    tolerance = options.tolerance or (1e-9 if record["spec"]["precision"] == "double" else 1e-3)
    train, labels = images.training_part(record)
    limit = record["spec"]["dataset"].get("limit") or len(train)
    train, labels = train[:limit], labels[:limit]
    initial = read_safetensors(options.run / "weights" / "initial.safetensors")
    recorded = tare_losses(options.run)
    mine = [recorded[step + 1] for step in range(options.steps)]
    theirs = replay(record, initial, train, labels, options.steps)
    for step, (a, b) in enumerate(zip(mine, theirs), 1):
        print(f"step {step:3d}  tare {a:.12f}  torch {b:.12f}  relative difference {abs(a - b) / abs(b):.1e}")
    print(f"mean over the steps: tare {sum(mine) / len(mine):.6f}, torch {sum(theirs) / len(theirs):.6f}")
    pairs = [("tare and torch", mine)]
    if options.rounding:
        pairs.append(("torch and itself", replay(record, initial, train, labels, options.steps, backward=True)))
    for name, losses in pairs:
        print(f"{name}: means over 20 steps differ by at most {difference(means(losses), means(theirs)):.1e}")
    worst = difference(mine, theirs)
    verdict = "equal" if worst <= tolerance else "DIFFERENT"
    print(f"{verdict}: largest relative difference {worst:.1e}, tolerance {tolerance:.0e}")
    raise SystemExit(worst > tolerance)


if __name__ == "__main__":
    main()
