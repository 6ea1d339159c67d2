"""The flat vector of all parameters, and the segments in which it travels."""
import math

import numpy as np

import draws


class Parameter:
    def __init__(self, name, shape, initial, scale=1.0):
        self.name, self.shape, self.initial, self.scale = name, shape, initial, scale
        self.count = math.prod(shape)
        self.filter_length = self.count // shape[0]
        self.is_logged = name.endswith(".weight")
        self.is_statistic = name.endswith((".running_mean", ".running_var"))

    def start(self, seed, index, elements):
        """Initial values of its first elements, as doubles; index is its place in the network."""
        kind, value = self.initial
        if kind == "constant":
            return [value * self.scale] * elements
        w = [part.tolist() for part in draws.words(seed, "initialWeights", index, np.arange(elements))]
        u = [((a << 32 | b) >> 11) for a, b in zip(w[0], w[1])]
        if kind == "uniform":
            return [(2 * (n * 2.0**-53) - 1) / math.sqrt(value) * self.scale for n in u]
        v = [((a << 32 | b) >> 11) * 2.0**-53 for a, b in zip(w[2], w[3])]
        normal = [math.sqrt(-2 * math.log((n + 1) * 2.0**-53)) * math.cos(2 * math.pi * a) for n, a in zip(u, v)]
        return [n * math.sqrt(2 / value) * self.scale for n in normal]


class Layout:
    """All parameters in network order, one behind the other."""

    def __init__(self, parameters):
        self.parameters, self.offsets = parameters, [0]
        for parameter in parameters:
            self.offsets.append(self.offsets[-1] + parameter.count)
        self.count = self.offsets[-1]

    def views(self, vector):
        return {
            p.name: vector[start : start + p.count].reshape(p.shape) for p, start in zip(self.parameters, self.offsets)
        }

    def shards(self, servers):
        """(server, start, end) in network order: what each server holds. Cuts fall between filters."""
        boundaries = [
            place for p, start in zip(self.parameters, self.offsets)
            for place in range(start, start + p.count, p.filter_length)
        ]
        cuts = [min(boundaries, key=lambda place: abs(place - self.count * s // servers)) for s in range(servers)]
        return [(s, start, end) for s, (start, end) in enumerate(zip(cuts, cuts[1:] + [self.count]))]

    def segments(self, servers):
        """(server, start, end) in network order: what travels in one message of a synchronous run."""
        least, most = max(1 << 15, self.count // 128), max(1 << 18, self.count // 64)
        return [
            (server, start, end) for server, begin, finish in self.shards(servers)
            for start, end in self._cut(begin, finish, least, most)
        ]

    def slices(self, start, end):
        """The parameters of a part of the vector, each with what of it lies there."""
        for p, offset in zip(self.parameters, self.offsets):
            low, high = max(offset, start), min(offset + p.count, end)
            if low < high:
                yield p, low, high

    def _cut(self, begin, finish, least, most):
        starts = []
        for p, low, high in self.slices(begin, finish):
            count = (high - low) // p.filter_length
            pieces = min(count, 1 + (high - low - 1) // most)
            starts += [low + count * piece // pieces * p.filter_length for piece in range(pieces)]
        segments, end = [], finish
        for start in reversed(starts):
            if end - start >= least:
                segments.append((start, end))
                end = start
        if end > begin or not segments:
            if end - begin < least // 4 and segments:
                end = segments.pop()[1]
            segments.append((begin, end))
        return segments[::-1]

    def squares(self, gradient, start, end, samples):
        """For each logged filter of a segment's gradient, the squared length of the mean over the samples."""
        found = []
        for p, low, high in self.slices(start, end):
            if p.is_logged:
                rows = gradient[low - start : high - start].reshape(-1, p.filter_length).astype(np.float64)
                found += ((rows * rows).sum(axis=1) / samples**2).tolist()
        return np.array(found)
