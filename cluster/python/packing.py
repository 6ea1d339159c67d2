"""How numbers travel: as they are, or rounded to fewer bits and packed ("Lossy wires" of docs/wire.md).

A segment is a row of blocks, each of filters of one parameter. What is sent of a segment is bytes.
"""
import numpy as np

import draws

# Elements of the shortest filter that int8 rounds.
SHORTEST = 16


class PlainBlock:
    """Numbers as they are."""

    def __init__(self, shape, dtype):
        self.shape, self.dtype = shape, dtype
        self.byte_count = shape[0] * shape[1] * dtype.itemsize

    def pack(self, x, place):
        return x.tobytes()

    def unpack(self, raw):
        return np.frombuffer(raw, self.dtype).reshape(self.shape)

    def weights(self, raw, held):
        return self.unpack(raw)


class SixteenBitBlock:
    """The nearest bfloat16 or float16 of each number, of two the even one."""

    def __init__(self, shape, form):
        self.shape, self.form = shape, form
        self.count = shape[0] * shape[1]
        self.byte_count = (2 * self.count + 3) // 4 * 4

    def pack(self, x, place):
        halves = self.float16(x) if self.form == "float16" else self.bfloat16(x)
        return halves.tobytes().ljust(self.byte_count, b"\0")

    def float16(self, x):
        with np.errstate(over="ignore"):
            return x.astype("<f2")

    def bfloat16(self, x):
        bits = x.view("<u4")
        rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
        return np.where(np.isnan(x), bits >> 16 | 0x40, rounded).astype("<u2")

    def unpack(self, raw):
        if self.form == "float16":
            return np.frombuffer(raw, "<f2", self.count).astype("<f4").reshape(self.shape)
        return (np.frombuffer(raw, "<u2", self.count).astype("<u4") << 16).view("<f4").reshape(self.shape)

    def weights(self, raw, held):
        return self.unpack(raw)


class Int8Block:
    """A scale for each filter, and then whole numbers from -127 to 127; weights are differences from those before."""

    def __init__(self, shape, first, seed):
        self.shape, self.first, self.seed = shape, first, seed
        self.count = shape[0] * shape[1]
        self.byte_count = 4 * shape[0] + (self.count + 3) // 4 * 4

    def pack(self, x, place):
        """Rounds up or down at random, so that the mean is the number."""
        largest = np.abs(x).max(axis=1)
        is_finite, is_small = np.isfinite(largest), largest < np.float32(2.0**-100)
        with np.errstate(all="ignore"):
            scale = np.where(is_small, np.float32(0), largest / np.float32(127))
            inverse = np.where(is_small, np.float32(0), np.float32(127) / largest)
        scale[~is_finite] = np.nan
        finite = np.where(is_finite[:, None], x, np.float32(0))
        inverse[~is_finite] = 0
        numbers = np.floor(finite * inverse[:, None] + self.dither(*place)).clip(-127, 127).astype("i1")
        return (scale.astype("<f4").tobytes() + numbers.tobytes()).ljust(self.byte_count, b"\0")

    def dither(self, step, number):
        """A number on [0, 1) for each element: word i / 16 mod 4 of draw i / 64 * 64 + i mod 16, i counted in the filter."""
        rows, length = self.shape
        chunks = -(-length // 64)
        starts = self.first + length * np.arange(rows)[:, None, None] + 64 * np.arange(chunks)[:, None]
        low = (starts + np.arange(16)) % 2**32
        words = draws.words(self.seed, "rounding", number % 2**32, step % 2**32 * 2**32 + low)
        u = (np.stack(words, axis=2) >> np.uint64(8)).astype("<f4") * np.float32(2.0**-24)
        return u.reshape(rows, 64 * chunks)[:, :length]

    def unpack(self, raw):
        scale = np.frombuffer(raw, "<f4", self.shape[0])
        numbers = np.frombuffer(raw, "i1", self.count, offset=4 * self.shape[0])
        return numbers.astype("<f4").reshape(self.shape) * scale[:, None]

    def weights(self, raw, held):
        return held.reshape(self.shape) + self.unpack(raw)


class Coding:
    """How the numbers from start to end of the flat vector travel."""

    def __init__(self, layout, start, end, spec, dtype):
        self.blocks, place = [], 0
        for parameter, low, high in layout.slices(start, end):
            shape = ((high - low) // parameter.filter_length, parameter.filter_length)
            if spec["wire"] == "float32" or parameter.is_statistic:
                block = PlainBlock(shape, dtype)
            elif spec["wire"] != "int8":
                block = SixteenBitBlock(shape, spec["wire"])
            elif parameter.filter_length < SHORTEST:
                block = PlainBlock(shape, dtype)
            else:
                block = Int8Block(shape, low, spec["seed"])
            # Where it lies in the segment, and in what is sent.
            elements, raw = slice(low - start, high - start), slice(place, place + block.byte_count)
            self.blocks.append((block, elements, raw, parameter.is_logged))
            place += block.byte_count
        self.byte_count, self.count, self.dtype = place, end - start, dtype

    def pack(self, x, step, node):
        """What is sent of a gradient; node is the one of the tree that it belongs to."""
        place = step, number(node)
        return b"".join(block.pack(x[elements].reshape(block.shape), place) for block, elements, _, _ in self.blocks)

    def unpack(self, raw):
        return self.gathered(block.unpack(raw[part]) for block, _, part, _ in self.blocks)

    def weights(self, raw, held):
        """Weights of which `raw` was sent, to a worker that holds those before."""
        return self.gathered(
            block.weights(raw[part], None if held is None else held[elements]) for block, elements, part, _ in self.blocks)

    def gathered(self, blocks):
        parts = [block.reshape(-1) for block in blocks]
        return np.concatenate(parts) if parts else np.empty(0, self.dtype)

    def errors(self, x, raw):
        """By how much packing has changed each logged filter: the squared length of the difference."""
        found = []
        for block, elements, part, is_logged in self.blocks:
            if is_logged:
                exact = x[elements].reshape(block.shape).astype(np.float64)
                found += ((block.unpack(raw[part]) - exact) ** 2).sum(axis=1).tolist()
        return np.array(found)


def number(node):
    """Of a node, for random numbers: leaves have even ones, and inner nodes that of the gap between their halves."""
    start, count = node
    if count == 1:
        return 2 * start
    return 2 * (start + (1 << ((count - 1).bit_length() - 1))) - 1
