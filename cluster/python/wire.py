"""What every client of a run needs, from docs/wire.md alone: keys, frames, the reduction tree, segments, random numbers.

Needs pyzmq, protobuf and grpcio-tools, whose protoc compiles Tare's own .proto files when this module is imported.
"""
import hashlib
import json
import math
import pathlib
import sys
import tempfile

import numpy as np

PROTOCOL_VERSION = 5
PROTOS = pathlib.Path(__file__).resolve().parent.parent.parent / "proto"


def _compile():
    """The Python modules of proto/tare/v1, in a folder that is gone afterwards."""
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as folder:
        files = sorted(str(path) for path in (PROTOS / "tare" / "v1").glob("*.proto"))
        if protoc.main(["protoc", f"--proto_path={PROTOS}", f"--python_out={folder}", *files]) != 0:
            raise SystemExit(f"protoc could not compile {PROTOS}")
        sys.path.insert(0, folder)
        from tare.v1 import data_pb2, envelope_pb2, joining_pb2, running_pb2, tensor_pb2, transport_pb2

        sys.path.remove(folder)
    return data_pb2, envelope_pb2, joining_pb2, running_pb2, tensor_pb2, transport_pb2


data, envelope, joining, running, tensor, transport = _compile()

# Keys.


class Key:
    """A run's key, and what is derived from it."""

    def __init__(self, text):
        self.bytes = bytes.fromhex(text.strip())
        if len(self.bytes) != 16:
            raise ValueError("the key of a run is 32 hexadecimal digits")
        self.session = max(1, int.from_bytes(self.derive("session")[:8], "big"))

    def derive(self, use):
        return hashlib.sha256(f"tare {use}".encode() + b"\0" + self.bytes).digest()

    def present(self, socket, endpoint):
        """What a socket has to show at the endpoint: a password within a host, keys of CURVE elsewhere."""
        import zmq
        from zmq.utils import z85

        if endpoint.startswith("ipc:"):
            socket.plain_username, socket.plain_password = b"tare", self.derive("password").hex().encode()
            return
        secret, listener = z85.encode(self.derive("curve connection")), z85.encode(self.derive("curve listener"))
        socket.curve_secretkey, socket.curve_publickey = secret, zmq.curve_public(secret)
        socket.curve_serverkey = zmq.curve_public(listener)


# Frames.

ELEMENTS = {tensor.ELEMENT_TYPE_FLOAT32: np.dtype("<f4"), tensor.ELEMENT_TYPE_FLOAT64: np.dtype("<f8")}
# Where the bodies that announce a payload have their header.
TENSORS = {"weights": "tensor", "push": "tensor", "state": "tensor", "step_report": "partials", "host_probe": "tensor"}


class Malformed(ValueError):
    """A message to drop."""


class OtherVersion(Malformed):
    """A message of another version of the protocol."""


def tensor_of(message):
    """The header of the payload that follows a message; None if none does."""
    kind = message.WhichOneof("body")
    field = TENSORS.get(kind)
    body = getattr(message, kind) if kind else None
    return getattr(body, field) if field and body.HasField(field) else None


def decode(frames, session):
    """Envelope and payload of a message's frames, checked in the order that docs/wire.md gives."""
    if not 1 <= len(frames) <= 2:
        raise Malformed(f"{len(frames)} frames")
    preamble = envelope.Preamble()
    message = envelope.Envelope()
    try:
        preamble.ParseFromString(frames[0])
        if preamble.session != session:
            raise Malformed("another session")
        if preamble.protocol_version != PROTOCOL_VERSION:
            raise OtherVersion(f"protocol version {preamble.protocol_version}, not {PROTOCOL_VERSION}")
        message.ParseFromString(frames[0])
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(str(error)) from error
    if message.WhichOneof("body") is None:
        raise Malformed("no body that this version knows")
    header = tensor_of(message)
    payload = frames[1] if len(frames) == 2 else None
    if message.HasField("shared_tensor"):
        # Only for who has accepted an offer of shared memory.
        raise Malformed("a tensor in shared memory")
    expected = None if header is None else byte_count(header)
    if (None if payload is None else len(payload)) != expected:
        raise Malformed(f"the payload has {payload and len(payload)} bytes, the header announces {expected}")
    return message, payload


def byte_count(header):
    if header.element_type in ELEMENTS:
        return header.count * ELEMENTS[header.element_type].itemsize
    return header.byte_count


def seal(session, generation, **body):
    """The envelope of one message, by the name of its body: seal(s, g, pull=Pull(...))."""
    return envelope.Envelope(protocol_version=PROTOCOL_VERSION, session=session, generation=generation, **body)


# The reduction tree: nodes are (start, count).


def halves(node):
    """The two halves of a node of the tree: the left one has the largest power of two below its count."""
    start, count = node
    left = 1 << ((count - 1).bit_length() - 1)
    return (start, left), (start + left, count - left)


def parent(node, leaves):
    """The node whose half this one is; None for the root."""
    current = (0, leaves)
    while current != node and current[1] > 1:
        left, right = halves(current)
        if node in (left, right):
            return current
        current = left if node[0] < right[0] else right
    return None


def contains(outer, inner):
    return outer[0] <= inner[0] and inner[0] + inner[1] <= outer[0] + outer[1]


class TreeSum:
    """Sums along the tree; terms come in any order, and halves are added, left to right, once both are there."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.sums = {}

    def insert(self, leaf, value):
        node = (leaf, 1)
        self.sums[node] = value
        while above := parent(node, self.leaves):
            left, right = halves(above)
            if left not in self.sums or right not in self.sums:
                return
            self.sums[above] = self.sums.pop(left) + self.sums.pop(right)
            node = above


class Share:
    """A worker's part of one sum: the nodes it was given, the leaves it has begun, the sums it has sent."""

    def __init__(self, nodes, leaves):
        self.nodes, self.begun, self.sums, self.delivered = nodes, set(), TreeSum(leaves), {}

    def begin(self):
        new = [leaf for start, count in self.nodes for leaf in range(start, start + count) if leaf not in self.begun]
        self.begun.update(new)
        return new

    def deliver(self):
        """The sums that cover nodes of the share and were not sent: a sum that has outgrown a node goes in its place."""
        new = {}
        for node in self.nodes:
            if not self.covers(node):
                held = next((held for held in self.sums.sums if contains(held, node)), None)
                if held:
                    new[held] = self.delivered[held] = self.sums.sums[held]
        return new

    def covers(self, node):
        return any(contains(sent, node) for sent in self.delivered)

    @property
    def is_delivered(self):
        return all(self.covers(node) for node in self.nodes)


# Random numbers: Philox4x32-10 of (seed, purpose, stream, index).

PURPOSES = {"initialWeights": 1, "permutation": 2, "augmentation": 3, "dropout": 4, "glyphs": 5, "probe": 6}


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
    """Which image is at position j of step t: sample n = t B + j is entry n mod N of the permutation of epoch n div N."""

    def __init__(self, spec, count):
        self.seed, self.batch, self.count = spec["seed"], spec["batch"], count
        self.shuffle = spec["dataset"]["shuffle"]
        self.orders = {}

    def images(self, step, positions):
        numbers = [step * self.batch + position for position in positions]
        return np.array([self.order(n // self.count)[n % self.count] for n in numbers])

    def order(self, epoch):
        if epoch not in self.orders:
            while len(self.orders) > 2:
                self.orders.pop(next(iter(self.orders)))
            ordered = permutation(self.seed, epoch, self.count) if self.shuffle else np.arange(self.count)
            self.orders[epoch] = ordered
        return self.orders[epoch]


# The flat vector, and the segments in which it travels.


class Parameter:
    def __init__(self, name, shape, initial, scale=1.0):
        self.name, self.shape, self.initial, self.scale = name, shape, initial, scale
        self.count = math.prod(shape)
        self.filter_length = self.count // shape[0]
        self.is_logged = name.endswith(".weight")

    def start(self, seed, index, elements):
        """Initial values of its first elements, as doubles; index is its place in the network."""
        kind, value = self.initial
        if kind == "constant":
            return [value * self.scale] * elements
        w = [part.tolist() for part in words(seed, "initialWeights", index, np.arange(elements))]
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

    def segments(self, servers):
        """(server, start, end) in network order: what travels in one message. Cuts fall between filters."""
        units = [p.filter_length for p in self.parameters]
        boundaries = [
            place for p, start, unit in zip(self.parameters, self.offsets, units)
            for place in range(start, start + p.count, unit)
        ]
        cuts = [min(boundaries, key=lambda place: abs(place - self.count * s // servers)) for s in range(servers)]
        cuts.append(self.count)
        least, most = max(1 << 15, self.count // 128), max(1 << 18, self.count // 64)
        return [
            (server, start, end) for server in range(servers)
            for start, end in self._cut(cuts[server], cuts[server + 1], units, least, most)
        ]

    def _cut(self, begin, finish, units, least, most):
        starts = []
        for p, offset, unit in zip(self.parameters, self.offsets, units):
            low, high = max(offset, begin), min(offset + p.count, finish)
            if low < high:
                count = (high - low) // unit
                pieces = min(count, 1 + (high - low - 1) // most)
                starts += [low + count * piece // pieces * unit for piece in range(pieces)]
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
        """For each logged filter of a segment, the squared length of its gradient averaged over the samples."""
        found = []
        for p, offset in zip(self.parameters, self.offsets):
            low, high = max(offset, start), min(offset + p.count, end)
            if low < high and p.is_logged:
                rows = gradient[low:high].reshape(-1, p.filter_length).astype(np.float64)
                found += ((rows * rows).sum(axis=1) / samples**2).tolist()
        return np.array(found)


# What a worker shows of its arithmetic and data.


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


def numbers_fingerprint(spec, layout, steps, train_count):
    """Of what is computed and not sent: initial weights, the schedule, the permutation."""
    numbers = []
    for index, parameter in enumerate(layout.parameters):
        numbers += parameter.start(spec["seed"], index, min(4, parameter.count))
    numbers += [schedule_factor(spec, step, steps) for step in range(1, steps + 1, max(1, steps // 16))]
    numbers += permutation(spec["seed"], 0, train_count)[:64].tolist()
    return digest(np.array(numbers, "<f8").tobytes())


def probe_images(count):
    w = words(0, "probe", 0, np.arange(count))
    return (w[0] >> np.uint64(8)).astype(np.float64) * 2.0**-24 - 0.5


def probe_weights(count):
    return (np.arange(count, dtype=np.int64) * 40503 % 65536).astype(np.float64) / 2.0**19 - 2.0**-4


def read_run(folder):
    """Endpoint and key of a run that is led, from join.json in its folder."""
    entry = json.loads((pathlib.Path(folder) / "join.json").read_text())
    return entry["endpoint"], entry["key"]
