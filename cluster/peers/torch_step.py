#!/usr/bin/env python3
"""PyTorch's training step, taken on request, for `tare bench --python`.

    torch_step.py NETWORK BATCH default|channels_last float32|bfloat16 eager|compiled

Prints one JSON line when it has warmed up. Then each line "run SECONDS" on stdin is answered with images/s: forward,
backward and SGD with Nesterov momentum on one resident batch, in one thread. bfloat16 is that of torch.autocast; compiled means torch.compile, with a C++ compiler, of loss and update.
"""
import json
import logging
import sys
import time

import torch
import torch.nn.functional as F

import networks

SHAPE = (3, 32, 32)
CLASSES = 10


def prepared(preset, batch, layout):
    """A network, one resident batch of images and labels, and the optimizer."""
    torch.manual_seed(0)
    network, _ = networks.build(preset, SHAPE, CLASSES)
    images = torch.randn(batch, *SHAPE)
    labels = torch.randint(0, CLASSES, (batch,))
    if layout == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4, foreach=True
    )
    return network, images, labels, optimizer


def training_step(preset, batch, layout, element, mode):
    """A function that takes one step."""
    network, images, labels, optimizer = prepared(preset, batch, layout)

    def loss_of(images, labels):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=element == "bfloat16"):
            return F.cross_entropy(network(images), labels)

    update = optimizer.step
    if mode == "compiled":
        logging.getLogger("torch").setLevel(logging.ERROR)
        loss_of, update = torch.compile(loss_of), torch.compile(lambda: optimizer.step())

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_of(images, labels).backward()
        update()

    return step


def images_per_second(step, batch, seconds):
    steps, start = 0, time.perf_counter()
    while True:
        step()
        steps += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return steps * batch / elapsed


def main():
    preset, batch, layout, element, mode = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
    torch.set_num_threads(1)
    step = training_step(preset, batch, layout, element, mode)
    # Compiling takes more than one.
    for _ in range(10):
        step()
    greeting = {"torch": torch.__version__, "threads": torch.get_num_threads(), "layout": layout}
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        print(images_per_second(step, batch, float(line.split()[1])), flush=True)


if __name__ == "__main__":
    main()
