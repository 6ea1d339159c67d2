#!/usr/bin/env python3
"""Trains a Tare run's first steps again in PyTorch, from the run's own initial weights, and compares the losses.

    tare train --set dataset.shuffle=false --set execution.metricsEvery=1 --steps 20 … --output RUN
    python3 replay.py RUN [--steps 20] [--tolerance 1e-9]

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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--tolerance", type=float)
    options = parser.parse_args()

    torch.set_num_threads(1)
    record = json.loads((options.run / "run.json").read_text())
    spec = record["spec"]
    precise = spec["precision"] == "double"
    tolerance = options.tolerance or (1e-9 if precise else 1e-3)
    data = spec["dataset"]
    train, labels = images.training_part(record)
    limit = data.get("limit") or len(train)
    train, labels = train[:limit], labels[:limit]

    if layers := spec["network"].get("layers"):
        norm = (spec.get("normalizationGroups", 8), spec.get("normalizationEpsilon", 1e-5))
        network = listed.Listed(layers, train.shape[1:], 10, spec["normalization"], *norm)
        parameters = {name: tensor for name, tensor, role in network.tensors() if not role.startswith("running")}
    else:
        network, names = networks.build(spec["network"]["preset"], train.shape[1:])
        parameters = networks.named_parameters(network, names)
    network = network.double() if precise else network.float()
    initial = read_safetensors(options.run / "weights" / "initial.safetensors")
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(initial[name])
    kind = np.float64 if precise else np.float32
    rule = optimizer(spec, parameters)
    expected = tare_losses(options.run)
    batch, microbatch = spec["batch"], spec["microbatch"]
    worst = 0.0
    sums = [0.0, 0.0]
    network.train()
    for step in range(options.steps):
        rule.zero_grad()
        total = 0.0
        for start in range(step * batch, (step + 1) * batch, microbatch):
            index = np.arange(start, start + microbatch) % len(train)
            x = torch.from_numpy(images.standardize(train[index], train).astype(kind))
            y = torch.from_numpy(labels[index].astype(np.int64))
            loss = F.cross_entropy(network(x), y, reduction="sum")
            (loss / batch).backward()
            total += loss.item()
        rule.step()
        mine, theirs = expected[step + 1], total / batch
        difference = abs(mine - theirs) / abs(theirs)
        worst = max(worst, difference)
        sums = [sums[0] + mine, sums[1] + theirs]
        print(f"step {step + 1:3d}  tare {mine:.12f}  torch {theirs:.12f}  relative difference {difference:.1e}")
    print(f"mean over the steps: tare {sums[0] / options.steps:.6f}, torch {sums[1] / options.steps:.6f}")
    verdict = "equal" if worst <= tolerance else "DIFFERENT"
    print(f"{verdict}: largest relative difference {worst:.1e}, tolerance {tolerance:.0e}")
    raise SystemExit(worst > tolerance)


if __name__ == "__main__":
    main()
