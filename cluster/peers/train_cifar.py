#!/usr/bin/env python3
"""Trains conv3 on CIFAR-10 in PyTorch as Tare does, and prints the test error of each epoch.

    python3 train_cifar.py DATA --optimizer nesterov --rate 0.01 --l2 2.5e-4 --seed 1 [--init he|torch]

Batches of 128 in ghost batches of 32, a new permutation each epoch, per-channel standardized input, constant rate;
data_batch_1 and _2 are trained on, data_batch_5 is the test part. `--init he` starts the convolutions as Tare does
(normal, ‖w_f‖ ≈ √2), `--init torch` as PyTorch does (uniform, ‖w_f‖ ≈ 1/√3): before batch norm the length decides
nothing but the effective learning rate. Needs PyTorch and NumPy.
"""
import argparse

import numpy as np
import torch
import torch.nn.functional as F

import images
import networks

BATCH, MICROBATCH = 128, 32


def tensors(part, reference):
    pixels, labels = part
    return (
        torch.from_numpy(images.standardize(pixels, reference).astype(np.float32)).to(
            memory_format=torch.channels_last),
        torch.from_numpy(labels.astype(np.int64)),
    )


def test_error(network, x, y):
    network.eval()
    with torch.no_grad():
        wrong = sum((network(a).argmax(1) != b).sum().item() for a, b in zip(x.split(500), y.split(500)))
    network.train()
    return wrong / len(y)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--optimizer", choices=["nesterov", "adam"], default="nesterov")
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--l2", type=float, default=0.0, help="λ of λ‖w‖², on the convolutions only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--init", choices=["he", "torch"], default="he")
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    train = images.cifar(options.data, ["data_batch_1.bin", "data_batch_2.bin"])
    x, y = tensors(train, train[0])
    test = tensors(images.cifar(options.data, ["data_batch_5.bin"]), train[0])
    network, names = networks.build("conv3", (3, 32, 32))
    network = network.to(memory_format=torch.channels_last)
    parameters = networks.named_parameters(network, names)
    weights = [p for name, p in parameters.items() if name.startswith("conv")]
    others = [p for name, p in parameters.items() if not name.startswith("conv")]
    if options.init == "he":
        for weight in weights:
            torch.nn.init.kaiming_normal_(weight)
    groups = [{"params": weights, "weight_decay": 2 * options.l2}, {"params": others, "weight_decay": 0.0}]
    if options.optimizer == "adam":
        optimizer = torch.optim.Adam(groups, lr=options.rate)
    else:
        optimizer = torch.optim.SGD(groups, lr=options.rate, momentum=0.9, nesterov=True)

    order = []
    errors = []
    for step in range(options.epochs * len(x) // BATCH):
        if len(order) < BATCH:
            order += torch.randperm(len(x)).tolist()
        batch, order = torch.tensor(order[:BATCH]), order[BATCH:]
        optimizer.zero_grad()
        for index in batch.split(MICROBATCH):
            (F.cross_entropy(network(x[index]), y[index], reduction="sum") / BATCH).backward()
        optimizer.step()
        if (step + 1) * BATCH // len(x) > step * BATCH // len(x):
            errors.append(test_error(network, *test))
    errors.append(test_error(network, *test))
    print(f"{options.optimizer} {options.init} seed {options.seed}:", " ".join(f"{error:.4f}" for error in errors), flush=True)


if __name__ == "__main__":
    main()
