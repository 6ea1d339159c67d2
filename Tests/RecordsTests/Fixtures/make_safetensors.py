"""Writes safetensors.json: files made by the Python package safetensors, as hexadecimal, with what they hold and the
SHA-256 over all tensors in order of their names.

    pip install numpy safetensors && python make_safetensors.py > safetensors.json
"""
import hashlib
import json

import numpy as np
from safetensors.numpy import save


def describe(tensors, metadata):
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(tensors[name].tobytes())
    return {
        "file": save(tensors, metadata).hex(),
        "metadata": metadata or {},
        "sha256": digest.hexdigest(),
        "tensors": [
            {"name": n, "dtype": str(t.dtype), "shape": list(t.shape), "values": [float(v) for v in t.ravel()]}
            for n, t in sorted(tensors.items())
        ],
    }


def ramp(dtype, *shape):
    count = int(np.prod(shape))
    return ((np.arange(count) - count // 2) / 7).astype(dtype).reshape(shape)


network = {
    "conv1.weight": ramp(np.float32, 4, 3, 3, 3),
    "norm1.gamma": np.ones(4, np.float32),
    "norm1.running_mean": ramp(np.float32, 4),
    "norm1.running_var": np.array([1e-38, 1e-45, 3.4e38, 0.1], np.float32),
    "head.bias": np.array([-0.0, 5.0], np.float32),
}
mixed = {"a": ramp(np.float64, 2, 3), "b": ramp(np.float32, 5), "scalar": np.array(2.5), "none": ramp(np.float32, 0, 3)}

print(json.dumps({
    "network": describe(network, {"step": "17"}),
    "plain": describe(network, None),
    "mixed": describe(mixed, {"quote\"and\\": "é\n"}),
}, indent=1))
