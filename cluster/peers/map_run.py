#!/usr/bin/env python3
"""Trains one run of the paper's map in PyTorch, in one thread, and prints how long it took.

    python3 map_run.py MNIST [--microbatch 32] [--rate 0.01] [--l2 0.01] [--seed 1]

As in cluster/plans/paper.yaml: mlp on MNIST's first 5,000 images, 1,500 steps of 64 images, Nesterov's momentum, cosine to
0, one evaluation of the test images at the end. `--microbatch 64` is what PyTorch is fastest at; 32 computes the batch
statistics of Tare's run. Start one for each core to compare with `tare sweep`. Needs PyTorch and NumPy.
"""
import argparse
import time

import numpy as np
import torch
import torch.nn.functional as F

import images
import networks

BATCH, STEPS, COUNT = 64, 1500, 5000


def tensors(part, reference):
    pixels, labels = part
    return (
        torch.from_numpy(images.standardize(pixels, reference).astype(np.float32)),
        torch.from_numpy(labels.astype(np.int64)),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--microbatch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--l2", type=float, default=0.01, help="Tare's l2, half the decay of a step")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    train = [array[:COUNT] for array in images.mnist(options.folder)]
    (pixels, labels), (test, truth) = (
        tensors(part, train[0]) for part in (train, images.mnist(options.folder, "t10k")))

    began = time.perf_counter()
    network, _ = networks.build("mlp", (1, 28, 28), 10)
    weights = [p for p in network.parameters() if p.dim() > 1][:-1]
    others = [p for p in network.parameters() if all(p is not w for w in weights)]
    optimizer = torch.optim.SGD(
        [{"params": weights, "lr": options.rate, "weight_decay": 2 * options.l2}, {"params": others, "lr": 0.01}],
        momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    order = torch.empty(0, dtype=torch.int64)
    for _ in range(STEPS):
        if len(order) < BATCH:
            order = torch.cat([order, torch.randperm(COUNT)])
        batch, order = order[:BATCH], order[BATCH:]
        optimizer.zero_grad()
        for part in batch.split(options.microbatch):
            loss = F.cross_entropy(network(pixels[part]), labels[part], reduction="sum") / BATCH
            loss.backward()
        optimizer.step()
        schedule.step()
    network.eval()
    with torch.no_grad():
        error = (network(test).argmax(1) != truth).float().mean().item()
    seconds = time.perf_counter() - began
    print(f"PyTorch {torch.__version__}, microbatch {options.microbatch}: {seconds:.2f} s, test error {error:.2%}")


if __name__ == "__main__":
    main()
