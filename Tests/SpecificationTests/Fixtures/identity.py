#!/usr/bin/env python3
"""Writes identity.json beside this file: run specs, their canonical JSON and its SHA-256, by Python's json and hashlib.

    python3 identity.py
"""
import copy
import hashlib
import json
import pathlib

GROUP = {"l2": 0.0, "learningRate": 0.02, "weightDecay": 0.0}
DEFAULT = {
    "backend": "onednn",
    "batch": 128,
    "dataset": {"augment": "none", "limit": 0, "name": "glyphs", "shuffle": True, "test": [], "train": []},
    "epochs": 4.0,
    "groups": {"gammaBeta": dict(GROUP), "head": dict(GROUP), "weights": dict(GROUP, l2=0.025)},
    "biasBeforeNormalization": False,
    "initScale": 1.0,
    "isa": "auto",
    "l2": 0.025,
    "microbatch": 32,
    "network": {"preset": "conv3"},
    "normalization": "batch",
    "normalizationEpsilon": 1e-5,
    "precision": "float",
    "projection": "none",
    "projectionKeepsL2": False,
    "projectionRadius": 1.0,
    "regularizeGammaBeta": False,
    "optimizer": {"learningRate": 0.02, "momentum": 0.9, "name": "nesterov"},
    "schedule": {"name": "constant", "warmup": 0},
    "seed": 1,
    "staleness": 0,
    "weightDecay": 0.0,
}


def cifar():
    """Tiny and odd numbers, a file name that must be escaped, a run counted in steps."""
    spec = copy.deepcopy(DEFAULT)
    spec["dataset"].update(name="cifar-10", train=["a\"b\\é.bin", "two.bin"], limit=20000, augment="crop+flip")
    spec.update(l2=1e-7, initScale=0.1 + 0.2, steps=10, seed=2**53 - 1)
    del spec["epochs"]
    spec["optimizer"]["learningRate"] = 1.5e-5
    for name, group in spec["groups"].items():
        group.update(learningRate=1.5e-5, l2=1e-7 if name == "weights" else 0.0)
    return spec


CASES = [
    ([], DEFAULT),
    (
        ["dataset=cifar-10", "dataset.path=/data", "dataset.train=a\"b\\é.bin,two.bin", "dataset.limit=20000",
         "dataset.augment=crop+flip", "l2=1e-7", "initScale=0.30000000000000004", "steps=10",
         "seed=9007199254740991", "optimizer.learningRate=0.000015"],
        cifar(),
    ),
]


def main():
    rows = []
    for settings, spec in CASES:
        text = json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        rows.append({"settings": settings, "identity": text, "sha256": digest})
    path = pathlib.Path(__file__).with_name("identity.json")
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


main()
