"""Random numbers: Philox4x32-10 of (seed, purpose, stream, index), and the order of the images that follows from them."""
import numpy as np

PURPOSES = {"initialWeights": 1, "permutation": 2, "augmentation": 3, "probe": 6, "rounding": 8}


def words(seed, purpose, stream, index):
    """Four arrays of 32-bit words, one number of each for every index."""
    index = np.asarray(index, np.uint64)
    low, high = np.uint64(0xFFFFFFFF), np.uint64(32)
    x = [index & low, index >> high, np.full_like(index, stream), np.full_like(index, PURPOSES[purpose])]
    k0, k1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        a, b = np.uint64(0xD2511F53) * x[0], np.uint64(0xCD9E8D57) * x[2]
        x = [(b >> high) ^ x[1] ^ np.uint64(k0), b & low, (a >> high) ^ x[3] ^ np.uint64(k1), a & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return x


def permutation(seed, epoch, count):
    """The order of the images in an epoch (Fisher and Yates): for i = N - 1, ..., 1 exchange i with a random j <= i."""
    i = np.arange(count, dtype=np.uint64)
    w = words(seed, "permutation", epoch, i)
    bound = i + np.uint64(1)
    # (w0 2^32 + w1) (i + 1) / 2^64
    j = ((w[0] * bound + (w[1] * bound >> np.uint64(32))) >> np.uint64(32)).tolist()
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        order[i], order[j[i]] = order[j[i]], order[i]
    return np.array(order)


class SampleStream:
    """Which image is sample n of the run: entry n mod N of the permutation of epoch n div N."""

    def __init__(self, spec, count):
        self.seed, self.count = spec["seed"], count
        self.shuffle = spec["dataset"]["shuffle"]
        self.orders = {}

    def images(self, numbers):
        return np.array([self.order(n // self.count)[n % self.count] for n in numbers])

    def order(self, epoch):
        if epoch not in self.orders:
            while len(self.orders) > 2:
                self.orders.pop(next(iter(self.orders)))
            ordered = permutation(self.seed, epoch, self.count) if self.shuffle else np.arange(self.count)
            self.orders[epoch] = ordered
        return self.orders[epoch]
