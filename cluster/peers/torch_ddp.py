#!/usr/bin/env python3
"""PyTorch's DistributedDataParallel, taken on request, for `tare bench --only system --python`.

    torch_ddp.py NETWORK BATCH default|channels_last float32|bfloat16 eager|compiled

Two processes of one thread each train over gloo, each with half of the batch, as two workers of Tare do. Prints one JSON line when
both have warmed up. Then each line "run SECONDS" on stdin is answered with images/s of both: forward, backward with the sum of the
gradients, and SGD with Nesterov momentum on one resident batch.
"""
import json
import os
import socket
import sys
import time
import warnings

import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

import torch_step

PROCESSES = 2


def training_step(preset, batch, layout, element, mode):
    """A function that takes one step of this process."""
    network, images, labels, optimizer = torch_step.prepared(preset, batch, layout)
    # Batch statistics are those of a process, as Tare's are those of a microbatch; averages need not agree.
    warnings.simplefilter("ignore", FutureWarning)  # the option has another name in new versions
    parallel = DistributedDataParallel(network, broadcast_buffers=False, gradient_as_bucket_view=True, static_graph=True)
    if mode == "compiled":
        parallel = torch.compile(parallel)

    def step():
        optimizer.zero_grad(set_to_none=False)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=element == "bfloat16"):
            loss = F.cross_entropy(parallel(images), labels)
        loss.backward()
        optimizer.step()

    return step


def serve(rank, port, arguments, requests, answers):
    """Takes as many steps as process 0 decides, so that all take the same number."""
    torch.set_num_threads(1)
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "127.0.0.1", str(port)
    dist.init_process_group("gloo", rank=rank, world_size=PROCESSES)
    preset, batch, layout, element, mode = arguments
    part = int(batch) // PROCESSES
    step = training_step(preset, part, layout, element, mode)
    for _ in range(5):
        step()
    answers.put(rank)
    while True:
        count = requests.get()
        if count is None:
            break
        dist.barrier()
        start = time.perf_counter()
        for _ in range(count):
            step()
        answers.put(time.perf_counter() - start)
    dist.destroy_process_group()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main():
    arguments = sys.argv[1:6]
    batch = int(arguments[1])
    context = multiprocessing.get_context("spawn")
    requests = [context.Queue() for _ in range(PROCESSES)]
    answers = context.Queue()
    port = free_port()
    processes = [
        context.Process(target=serve, args=(rank, port, arguments, requests[rank], answers), daemon=True)
        for rank in range(PROCESSES)
    ]
    for process in processes:
        process.start()

    def take(count):
        """Seconds of the slower process for `count` steps."""
        for queue in requests:
            queue.put(count)
        return max(answers.get(timeout=600) for _ in range(PROCESSES))

    for _ in range(PROCESSES):
        answers.get(timeout=300)
    seconds = take(3) / 3
    greeting = {"torch": torch.__version__, "threads": PROCESSES, "layout": arguments[2]}
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        count = max(3, round(float(line.split()[1]) / seconds))
        elapsed = take(count)
        seconds = elapsed / count
        print(count * batch / elapsed, flush=True)
    for queue in requests:
        queue.put(None)
    for process in processes:
        process.join(timeout=30)


if __name__ == "__main__":
    main()
