"""What a worker shows of its arithmetic and data before it takes part."""
import hashlib
import math

import numpy as np

import draws


def digest(raw):
    return hashlib.sha256(raw).hexdigest()[:16]


def schedule_factor(spec, step, total):
    """The learning rate of a step, from 1, as a factor."""
    schedule = spec["schedule"]
    warmup = schedule["warmup"]
    rise = step / warmup if step < warmup else 1.0
    if schedule["name"] == "step":
        exponent = min((step - 1) // schedule.get("every", total), schedule.get("changes", 1 << 62))
        result, square = 1.0, schedule.get("factor", 1.0)
        while exponent > 0:
            if exponent & 1:
                result *= square
            square *= square
            exponent >>= 1
        return rise * result
    if schedule["name"] == "cosine" and step > warmup and total > warmup:
        final = schedule.get("final", 0.0)
        progress = min((step - 1 - warmup) / (total - warmup), 1.0)
        return final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2
    return rise


def numbers(spec, layout, steps, train_count):
    """Of what is computed and not sent: initial weights, the schedule, the permutation."""
    found = []
    for index, parameter in enumerate(layout.parameters):
        found += parameter.start(spec["seed"], index, min(4, parameter.count))
    found += [schedule_factor(spec, step, steps) for step in range(1, steps + 1, max(1, steps // 16))]
    found += draws.permutation(spec["seed"], 0, train_count)[:64].tolist()
    return digest(np.array(found, "<f8").tobytes())


def probe_images(count):
    w = draws.words(0, "probe", 0, np.arange(count))
    return (w[0] >> np.uint64(8)).astype(np.float64) * 2.0**-24 - 0.5


def probe_weights(count):
    return (np.arange(count, dtype=np.int64) * 40503 % 65536).astype(np.float64) / 2.0**19 - 2.0**-4
