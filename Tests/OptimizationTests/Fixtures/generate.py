"""Writes pytorch.json: PyTorch's weights after a few steps of each rule, for numbers made by a formula.

Run with a Python that has torch:  python generate.py
Weights and gradients are exact in float32, so that both sides start from the same bits; `weight` and `gradient` in
PyTorchTests.swift repeat the formulas.
"""

import json
import pathlib

import torch

COUNT, BATCH = 21, 4
RATES = [0.1, 0.05, 0.2, 0.1, 0.025, 0.1]  # one for each step: a schedule
CHECKED = [1, 2, 6]  # steps after which the weights are written


def weight(i):
    return ((i * 7919) % 257 - 128) / 128


def gradient(step, i):  # step counts from 1; the sum over a batch of BATCH
    return ((i * 10472 + step * 12997) % 509 - 254) / 64


CASES = {
    "sgd": lambda p, l2, wd: torch.optim.SGD(p, lr=1, weight_decay=2 * l2),
    "momentum": lambda p, l2, wd: torch.optim.SGD(p, lr=1, momentum=0.9, weight_decay=2 * l2),
    "nesterov": lambda p, l2, wd: torch.optim.SGD(p, lr=1, momentum=0.9, nesterov=True, weight_decay=2 * l2),
    "rmsprop": lambda p, l2, wd: torch.optim.RMSprop(p, lr=1, alpha=0.95, eps=1e-3, weight_decay=2 * l2),
    "adam": lambda p, l2, wd: torch.optim.Adam(p, lr=1, betas=(0.8, 0.95), eps=1e-3, weight_decay=2 * l2),
    "adamw": lambda p, l2, wd: torch.optim.AdamW(p, lr=1, betas=(0.8, 0.95), eps=1e-3, weight_decay=wd),
}


def run(rule, l2, weight_decay, dtype):
    w = torch.nn.Parameter(torch.tensor([weight(i) for i in range(COUNT)], dtype=dtype))
    optimizer = CASES[rule]([w], l2, weight_decay)
    history = []
    for step, rate in enumerate(RATES, start=1):
        optimizer.param_groups[0]["lr"] = rate
        w.grad = torch.tensor([gradient(step, i) for i in range(COUNT)], dtype=dtype) / BATCH
        optimizer.step()
        if step in CHECKED:
            history.append([float(x) for x in w.detach()])
    return history


def main():
    cases = []
    for rule in CASES:
        penalties = [(0, 0), (0, 0.125)] if rule == "adamw" else [(0, 0), (0.0625, 0)]
        for l2, weight_decay in penalties:
            for name, dtype in (("float32", torch.float32), ("float64", torch.float64)):
                cases.append({
                    "rule": rule, "l2": l2, "weightDecay": weight_decay, "elementType": name,
                    "weights": run(rule, l2, weight_decay, dtype),
                })
    document = {
        "torch": torch.__version__, "rates": RATES, "checked": CHECKED, "batch": BATCH, "count": COUNT, "momentum": 0.9,
        "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("pytorch.json")
    path.write_text(json.dumps(document) + "\n")


main()
