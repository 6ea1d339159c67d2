"""MNIST and Fashion-MNIST: IDX files, gzipped or not, standardized as docs/wire.md says."""
import gzip
import hashlib
import math
import pathlib

import numpy as np

import fingerprint


def read(folder, name):
    """The elements of an IDX file, with its extents."""
    path = pathlib.Path(folder) / name
    raw = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(name + ".gz").read_bytes())
    dimensions = raw[3]
    if raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of bytes")
    extents = [int.from_bytes(raw[4 + 4 * k : 8 + 4 * k], "big") for k in range(dimensions)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(extents)


class Images:
    def __init__(self, folder, limit, dtype):
        self.train, self.train_labels = (read(folder, f"train-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
        self.test, self.test_labels = (read(folder, f"t10k-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
        if limit > 0:
            self.train, self.train_labels = self.train[:limit], self.train_labels[:limit]
        # Exact sums of bytes, so the order does not matter.
        count = self.train.size
        wide = self.train.astype(np.uint64)
        total, squares = int(wide.sum()), int((wide * wide).sum())
        self.mean = total / (255 * count)
        variance = count * squares - total * total
        self.deviation = math.sqrt(float(variance)) / (255 * float(count)) if variance else 1.0
        self.table = ((np.arange(256) / 255 - self.mean) / self.deviation).astype(dtype)

    def standardized(self, images):
        return self.table[images.reshape(len(images), -1)]

    @property
    def digest(self):
        return fingerprint.digest(np.array([self.mean, self.deviation], "<f8").tobytes() + self.train_labels.tobytes())

    def identities(self):
        """SHA-256 of the pixels and labels of both parts."""
        return {
            part: hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
            for part, images, labels in (
                ("train", self.train, self.train_labels), ("test", self.test, self.test_labels))
        }
