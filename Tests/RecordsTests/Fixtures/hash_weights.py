"""Prints the weights hash of a safetensors file, computed by other means than ours.

    pip install numpy safetensors && python hash_weights.py weights/final.safetensors
"""
import hashlib
import sys

from safetensors.numpy import load_file

tensors = load_file(sys.argv[1])
digest = hashlib.sha256()
for name in sorted(tensors):
    digest.update(tensors[name].tobytes())
print(digest.hexdigest())
