"""The run as this worker computes it: what the welcome says, and what follows from it."""
import json

import numpy as np

import draws
import fingerprint
import mlp
import mnist
import packing
import wire
from endings import Unable


class Asynchrony:
    """How an asynchronous run makes its steps."""

    def __init__(self, bound, leaves, backup):
        # How many versions a gradient may be behind; None for any number.
        self.bound = None if bound == "unbounded" else bound
        # Microbatches that a step is made of.
        self.per_step = leaves - backup

    def accepts(self, version, known):
        """Whether a server that has version `known` may apply a gradient at `version`."""
        return self.bound is None or known - version <= self.bound


class Definition:
    def __init__(self, welcome, arguments):
        document = json.loads(welcome.spec_json)
        self.spec, images = document["spec"], document["images"]
        self.check()
        spec = self.spec
        self.dtype = np.dtype("<f4" if spec["precision"] == "float" else "<f8")
        self.element = wire.tensor.ELEMENT_TYPE_FLOAT32 if self.dtype.itemsize == 4 else wire.tensor.ELEMENT_TYPE_FLOAT64
        # Of packed segments; None where everything travels as computed.
        self.packed_element = wire.PACKED.get(spec["wire"])
        self.sends_differences = spec["wire"] == "int8"
        self.microbatch = spec["microbatch"]
        self.leaves = spec["batch"] // self.microbatch
        self.asynchrony = None
        if spec["staleness"] != 0 or spec.get("backup") is not None:
            self.asynchrony = Asynchrony(spec["staleness"], self.leaves, spec.get("backup") or 0)
        self.train_count, self.test_count = images["trainCount"], images["testCount"]
        self.chunks = -(-self.test_count // self.microbatch)
        self.steps = steps(spec, self.train_count)
        shape, self.classes = images["shape"], len(images["classNames"])
        self.inputs = shape["channels"] * shape["height"] * shape["width"]
        self.layout = mlp.layout(self.inputs, self.classes, spec["initScale"])
        # In an asynchronous run, a shard travels as a whole.
        cut = self.layout.shards if self.asynchrony else self.layout.segments
        self.segments = cut(welcome.server_count)
        self.codings = [packing.Coding(self.layout, start, end, spec, self.dtype) for _, start, end in self.segments]
        self.server_silence = max(60, spec["execution"]["joinDeadline"]) + 15
        self.images = mnist.Images(arguments.data or spec["dataset"]["path"], spec["dataset"]["limit"], self.dtype)
        if (len(self.images.train), len(self.images.test)) != (self.train_count, self.test_count):
            raise Unable(65, "dataset.path holds another number of images than the run's")
        for part, sha256 in self.images.identities().items():
            if "data" in document and document["data"][part]["sha256"] != sha256:
                raise Unable(65, f"dataset.path has other {part} images or labels than the run's")
        self.stream = draws.SampleStream(spec, self.train_count)
        self.model = mlp.MODELS[arguments.model](self.layout, spec["normalizationEpsilon"])

    def check(self):
        """That this worker knows what the run asks for."""
        spec = self.spec
        accepted = [
            ("network.preset", spec["network"].get("preset"), ["mlp"]), ("normalization", spec["normalization"], ["batch"]),
            ("dataset.name", spec["dataset"]["name"], ["mnist", "fashion-mnist"]),
            ("dataset.augment", spec["dataset"]["augment"], ["none"]), ("wire", spec["wire"], ["float32", *wire.PACKED]),
            ("labelSmoothing", spec.get("labelSmoothing"), [None, 0]),
            ("precision", spec["precision"], ["float", "double"]), ("projection", spec["projection"], ["none", "filter"]),
            ("biasBeforeNormalization", spec["biasBeforeNormalization"], [False]),
        ]
        for field, value, values in accepted:
            if value not in values:
                raise Unable(69, f"{field} is {value}; this worker accepts {values}")
        if spec["optimizer"]["name"] in ("lars", "lamb", "adamp", "sgdp"):
            raise Unable(69, "the optimizer needs whole layers on one server, which this worker does not know how to cut")

    def reports_after(self, version):
        return version % self.spec["execution"]["metricsEvery"] == 0 or version == self.steps

    def fingerprint(self):
        numbers = fingerprint.numbers(self.spec, self.layout, self.steps, self.train_count)
        weights = fingerprint.probe_weights(self.layout.count).astype(self.dtype)
        images = fingerprint.probe_images(self.microbatch * self.inputs).astype(self.dtype).reshape(self.microbatch, -1)
        gradient, _, _ = self.model.gradient(weights, images, np.arange(self.microbatch) % self.classes)
        return f"{numbers}/{fingerprint.digest(gradient.tobytes())}/{self.images.digest}/{self.model.name}"

    def gradient(self, number, weights):
        """The gradient of a microbatch, counted over the whole run, segment by segment; and its tally."""
        first = number * self.microbatch
        chosen = self.stream.images(range(first, first + self.microbatch))
        images, labels = self.images.standardized(self.images.train[chosen]), self.images.train_labels[chosen]
        gradient, loss, correct = self.model.gradient(weights, images, labels)
        return [gradient[start:end] for _, start, end in self.segments], (loss, correct, self.microbatch)

    def squares(self, gradients):
        """Of a microbatch's gradient, for each segment."""
        return [
            self.layout.squares(gradient, start, end, self.microbatch)
            for gradient, (_, start, end) in zip(gradients, self.segments)
        ]

    def evaluation(self, chunk, weights):
        """The tally of a chunk of the test images."""
        part = slice(chunk * self.microbatch, min((chunk + 1) * self.microbatch, self.test_count))
        images, labels = self.images.standardized(self.images.test[part]), self.images.test_labels[part]
        loss, correct = self.model.evaluate(weights, images, labels)
        return loss, correct, len(labels)

    def push(self, segment, step, node, tally, payload, squares=(), errors=()):
        """The message that announces a segment of a gradient."""
        _, start, end = self.segments[segment]
        header = wire.tensor.TensorHeader(element_type=self.element, offset=start, count=end - start)
        if self.packed_element:
            header.element_type, header.byte_count = self.packed_element, len(payload)
        return wire.data.Push(
            step=step, node=wire.node(node), tally=wire.tally(tally), tensor=header, squares=squares, errors=errors)


def steps(spec, train_count):
    """Updates in the run; with backup, a step has fewer samples than a batch."""
    samples = spec["batch"] - (spec.get("backup") or 0) * spec["microbatch"]
    return spec.get("steps") or int(spec["epochs"] * train_count / samples)
