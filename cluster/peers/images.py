"""Reads the data sets as Tare does: CIFAR-10 binary files and MNIST's IDX files, standardized per channel."""
import gzip
import pathlib

import numpy as np


def _idx(folder, name):
    path = pathlib.Path(folder) / name
    raw = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(name + ".gz").read_bytes())
    dimensions = raw[3]
    extents = np.frombuffer(raw, ">u4", dimensions, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(extents)


def _cifar(folder, names):
    records = np.concatenate([np.fromfile(pathlib.Path(folder) / name, np.uint8).reshape(-1, 3073) for name in names])
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def cifar(folder, names):
    """The images (bytes, N×3×32×32) and labels of some of CIFAR-10's binary files."""
    return _cifar(folder, names)


def mnist(folder, part="train"):
    """The images (bytes, N×1×28×28) and labels of `train` or `t10k`."""
    images, labels = _idx(folder, f"{part}-images-idx3-ubyte"), _idx(folder, f"{part}-labels-idx1-ubyte")
    return images[:, None], labels


def training_part(record):
    """The training images and labels that a run used, by its run.json."""
    data = record["spec"]["dataset"]
    if data["name"] != "cifar-10":
        return mnist(data["path"])
    names = [pathlib.Path(file["path"]).name for file in record["dataFiles"]]
    usual = "test_batch.bin" if "test_batch.bin" in names else "data_batch_5.bin"
    test = data.get("test") or [usual]
    return cifar(data["path"], data.get("train") or [name for name in names if name not in test])


def standardize(images, reference):
    """(x/255 − mean)/std with the mean and standard deviation of each channel over `reference`, in double."""
    mean = reference.mean(axis=(0, 2, 3), dtype=np.float64) / 255
    squares = np.stack([np.square(reference[:, c], dtype=np.float64).mean() for c in range(reference.shape[1])])
    deviation = np.sqrt(squares / 255**2 - mean**2)
    return (images / 255.0 - mean[:, None, None]) / deviation[:, None, None]
