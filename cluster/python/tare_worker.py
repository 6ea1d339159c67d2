#!/usr/bin/env python3
"""A worker of a run of Tare, written from docs/wire.md: it joins, computes the gradients of its microbatches, and evaluates.

    python3 tare_worker.py --join RUN                    RUN is the folder of a run on this machine
    TARE_KEY=… python3 tare_worker.py --join tcp://…     as "tare train --launcher none" prints it

For the preset mlp on MNIST or Fashion-MNIST, in synchronous runs. Needs pyzmq, protobuf, grpcio-tools and NumPy; with
--model torch, PyTorch too. Beside workers of another kind, a run needs --allow-other-arithmetic.
"""
import argparse
import collections
import json
import os
import random
import socket
import sys
import time

import numpy as np
import zmq

import mlp
import mnist
import wire

RETRANSMISSION = 1.0
HEARTBEAT = 0.25
TRY_AGAIN = 75


class Left(Exception):
    """The end of the process: an exit code and a sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


class Unable(Left):
    """This worker cannot do what the run asks for; the run is told."""


class Rejoined(Exception):
    """The coordinator has given this worker's place away: a new life begins."""


class Connection:
    """A DEALER socket to a coordinator or server. It sends without blocking; what does not fit in the queue is asked for again."""

    def __init__(self, context, endpoint, key, badge=None):
        self.session = key.session
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger, self.socket.sndhwm, self.socket.rcvhwm = 500, 256, 256
        self.socket.set(zmq.TCP_MAXRT, 3000)
        self.socket.set(zmq.CONNECT_TIMEOUT, 1000)
        self.socket.ipv6 = not endpoint.startswith("ipc:")
        # Servers know by the badge whose life this is; the rest tells connections apart.
        if badge is None:
            self.socket.routing_id = bytes([random.randrange(2, 256)]) + os.urandom(15)
        else:
            self.socket.routing_id = b"\1" + badge.to_bytes(8, "little") + os.urandom(7)
        key.present(self.socket, endpoint)
        self.socket.connect(endpoint)

    def send(self, generation, payload=None, **body):
        frames = [wire.seal(self.session, generation, **body).SerializeToString()]
        if payload is not None:
            frames.append(payload)
        try:
            self.socket.send_multipart(frames, zmq.DONTWAIT)
        except zmq.Again:
            pass

    def receive(self):
        """The messages that have arrived, with their payloads."""
        while True:
            try:
                frames = self.socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            try:
                message, payload = wire.decode(frames, self.session)
            except wire.OtherVersion as error:
                raise Left(69, f"the coordinator speaks {error}") from error
            except wire.Malformed:
                continue
            if message.HasField("shared_memory_offer"):
                declined = wire.transport.SharedMemoryAnswer(
                    kind=wire.transport.SharedMemoryAnswer.KIND_DECLINED, segment=message.shared_memory_offer.segment)
                self.send(0, shared_memory_answer=declined)
                continue
            yield message, payload


class Contribution:
    """The gradient of some microbatches with its loss, counts and squared norms, which are summed alike."""

    def __init__(self, gradient, loss, correct, samples, squares):
        self.gradient, self.loss, self.correct, self.samples, self.squares = gradient, loss, correct, samples, squares

    def __add__(self, other):
        return Contribution(
            self.gradient + other.gradient, self.loss + other.loss, self.correct + other.correct,
            self.samples + other.samples, [a + b for a, b in zip(self.squares, other.squares)])

    @property
    def tally(self):
        return wire.tensor.Tally(loss_sum=self.loss, correct=self.correct, samples=self.samples)


class Definition:
    """What the welcome says of the run, and what follows from it."""

    def __init__(self, welcome, arguments):
        document = json.loads(welcome.spec_json)
        self.spec, images = document["spec"], document["images"]
        spec = self.spec
        accepted = [
            ("network.preset", spec["network"].get("preset"), ["mlp"]), ("normalization", spec["normalization"], ["batch"]),
            ("dataset.name", spec["dataset"]["name"], ["mnist", "fashion-mnist"]),
            ("dataset.augment", spec["dataset"]["augment"], ["none"]), ("wire", spec["wire"], ["float32"]),
            ("staleness", spec["staleness"], [0]), ("backup", spec.get("backup"), [None]),
            ("precision", spec["precision"], ["float", "double"]), ("projection", spec["projection"], ["none", "filter"]),
            ("biasBeforeNormalization", spec["biasBeforeNormalization"], [False]),
        ]
        for field, value, values in accepted:
            if value not in values:
                raise Unable(69, f"{field} is {value}; this worker accepts {values}")
        if spec["optimizer"]["name"] in ("lars", "lamb", "adamp", "sgdp"):
            raise Unable(69, "the optimizer needs whole layers on one server, which this worker does not know how to cut")
        self.dtype = np.dtype("<f4" if spec["precision"] == "float" else "<f8")
        self.element = wire.tensor.ELEMENT_TYPE_FLOAT32 if self.dtype.itemsize == 4 else wire.tensor.ELEMENT_TYPE_FLOAT64
        self.microbatch = spec["microbatch"]
        self.leaves = spec["batch"] // self.microbatch
        self.train_count, self.test_count = images["trainCount"], images["testCount"]
        self.chunks = -(-self.test_count // self.microbatch)
        self.steps = spec.get("steps") or int(spec["epochs"] * self.train_count / spec["batch"])
        shape, self.classes = images["shape"], len(images["classNames"])
        self.inputs = shape["channels"] * shape["height"] * shape["width"]
        self.layout = mlp.layout(self.inputs, self.classes, spec["initScale"])
        self.segments = self.layout.segments(welcome.server_count)
        self.server_silence = max(60, spec["execution"]["joinDeadline"]) + 15
        self.report_every = spec["execution"]["metricsEvery"]
        self.images = mnist.Images(arguments.data or spec["dataset"]["path"], spec["dataset"]["limit"], self.dtype)
        if (len(self.images.train), len(self.images.test)) != (self.train_count, self.test_count):
            raise Unable(65, "dataset.path holds another number of images than the run's")
        for part, sha256 in self.images.identities().items():
            if "data" in document and document["data"][part]["sha256"] != sha256:
                raise Unable(65, f"dataset.path has other {part} images or labels than the run's")
        self.stream = wire.SampleStream(spec, self.train_count)
        self.model = mlp.MODELS[arguments.model](self.layout, spec["normalizationEpsilon"])

    def reports_after(self, version):
        return version % self.report_every == 0 or version == self.steps

    def fingerprint(self):
        numbers = wire.numbers_fingerprint(self.spec, self.layout, self.steps, self.train_count)
        weights = wire.probe_weights(self.layout.count).astype(self.dtype)
        images = wire.probe_images(self.microbatch * self.inputs).astype(self.dtype).reshape(self.microbatch, -1)
        gradient, _, _ = self.model.gradient(weights, images, np.arange(self.microbatch) % self.classes)
        return f"{numbers}/{wire.digest(gradient.tobytes())}/{self.images.digest}/{self.model.name}"

    def contribution(self, step, microbatch, weights):
        first = microbatch * self.microbatch
        chosen = self.stream.images(step, range(first, first + self.microbatch))
        images, labels = self.images.standardized(self.images.train[chosen]), self.images.train_labels[chosen]
        gradient, loss, correct = self.model.gradient(weights, images, labels)
        is_measured = self.leaves > 1 and self.reports_after(step + 1)
        squares = [
            self.layout.squares(gradient, start, end, self.microbatch) if is_measured else np.array([])
            for _, start, end in self.segments
        ]
        return Contribution(gradient, loss, correct, self.microbatch, squares)

    def evaluation(self, chunk, weights):
        part = slice(chunk * self.microbatch, min((chunk + 1) * self.microbatch, self.test_count))
        images, labels = self.images.standardized(self.images.test[part]), self.images.test_labels[part]
        loss, correct = self.model.evaluate(weights, images, labels)
        return Contribution(0, loss, correct, len(labels), [])


class Life:
    """One life of a worker, from hello to stop or rejoin."""

    def __init__(self, arguments, context, endpoint, key):
        self.arguments, self.context, self.endpoint, self.key = arguments, context, endpoint, key
        self.badge, self.incarnation = random.getrandbits(64) | 1, random.getrandbits(64) | 1 << 32
        self.coordinator = Connection(context, endpoint, key)
        self.servers = []
        self.generation, self.number = 0, -1
        self.nodes, self.evaluation_order, self.orders_version = [], None, 0
        # The version being gathered, the buffer it is written into, and the segments still missing and still to be asked for.
        self.wanted, self.gathered, self.missing, self.unrequested = None, None, [], []
        self.version, self.weights, self.share = None, None, None
        self.evaluated_version, self.evaluation = None, None
        self.jobs = collections.deque()
        self.finished = 0
        self.last_sent = {}
        # Of the coordinator, of servers or our last repetition, and of servers.
        self.last_heard = self.last_answer = self.last_word = time.monotonic()

    def due(self, what, period):
        now = time.monotonic()
        if now - self.last_sent.get(what, -period) < period:
            return False
        self.last_sent[what] = now
        return True

    def wait(self, seconds):
        poller = zmq.Poller()
        for connection in [self.coordinator] + self.servers:
            poller.register(connection.socket, zmq.POLLIN)
        poller.poll(seconds * 1000)

    # Joining.

    def join(self):
        role = wire.joining.ROLE_WORKER
        hello = wire.joining.Hello(
            role=role, spec_hash=self.arguments.run, host=os.environ.get("TARE_HOST") or socket.gethostname(),
            process_id=os.getpid(), threads=1, incarnation=self.incarnation, badge=self.badge)
        deadline = time.monotonic() + self.arguments.patience
        refusal = f"no coordinator answered at {self.endpoint} within {self.arguments.patience:.0f} s"
        while time.monotonic() < deadline:
            if self.due("hello", RETRANSMISSION):
                self.coordinator.send(0, hello=hello)
            self.wait(0.1)
            for message, _ in self.coordinator.receive():
                kind = message.WhichOneof("body")
                if kind == "welcome":
                    self.last_heard = time.monotonic()
                    return message.welcome
                if kind == "refused":
                    refusal = message.refused.sentence
                    if message.refused.exit_code != TRY_AGAIN:
                        raise Left(message.refused.exit_code, refusal)
                if kind == "stop":
                    raise Left(message.stop.exit_code, message.stop.sentence)
        raise Left(69, refusal)

    def run(self):
        self.definition = Definition(self.join(), self.arguments)
        ready = wire.joining.Ready(fingerprint=self.definition.fingerprint(), isa="")
        self.last_heard = time.monotonic()
        while True:
            self.wait(0 if self.jobs else 0.05)
            for message, _ in self.coordinator.receive():
                self.last_heard = time.monotonic()
                self.hear(message)
            for server, connection in enumerate(self.servers):
                for message, payload in connection.receive():
                    self.last_answer = self.last_word = time.monotonic()
                    self.answer(server, message, payload)
            if time.monotonic() - self.last_heard > self.arguments.rejoin_deadline:
                raise Left(69, f"the coordinator has been silent for {self.arguments.rejoin_deadline:.0f} s")
            if self.generation == 0 and self.due("ready", RETRANSMISSION):
                self.coordinator.send(0, ready=ready)
            if self.due("heartbeat", HEARTBEAT):
                self.pulse()
            self.repeat()
            # One job a turn, so that heartbeats are regular.
            if self.jobs:
                job = self.jobs.popleft()
                self.finished += 1
                job()

    def pulse(self):
        self.last_sent["heartbeat"] = time.monotonic()
        pulse = wire.running.Heartbeat(progress=self.finished, orders=max(self.number, 0), pending=len(self.jobs))
        self.coordinator.send(self.generation, heartbeat=pulse)

    # The coordinator's messages.

    def hear(self, message):
        kind = message.WhichOneof("body")
        if kind == "stop":
            raise Left(message.stop.exit_code, message.stop.sentence)
        if kind == "rejoin":
            raise Rejoined
        if kind == "worker_orders":
            self.follow(message.generation, message.worker_orders)

    def follow(self, generation, orders):
        if (generation, orders.number) < (self.generation, self.number):
            return
        is_repeated = (generation, orders.number) == (self.generation, self.number)
        nodes = [(node.start, node.count) for node in orders.nodes]
        if generation > self.generation:
            self.jobs.clear()
            for connection in self.servers:
                connection.socket.close()
            self.servers = [Connection(self.context, place, self.key, self.badge) for place in orders.endpoints]
            self.wanted = self.version = self.weights = self.share = self.evaluated_version = self.evaluation = None
        elif not self.nodes and nodes:
            # A spare gets work, at the servers' current version.
            self.wanted = None
            if self.version is not None and self.version < orders.version:
                self.version = self.share = None
        self.generation, self.number, self.nodes, self.orders_version = generation, orders.number, nodes, orders.version
        if self.share:
            self.share.nodes = nodes
        if orders.HasField("evaluation"):
            chunks = [(node.start, node.count) for node in orders.evaluation.nodes]
            if self.evaluated_version != orders.evaluation.version:
                self.evaluated_version = orders.evaluation.version
                self.evaluation = wire.Share(chunks, self.definition.chunks)
            self.evaluation.nodes = chunks
        else:
            self.evaluated_version = self.evaluation = None
        self.pulse()
        self.compute()
        self.push()
        self.evaluate()
        if is_repeated and self.evaluation:
            self.tell(self.evaluation.delivered)
        self.report()
        self.go_on()

    # The servers' messages.

    def answer(self, server, message, payload):
        if message.generation != self.generation:
            return
        kind = message.WhichOneof("body")
        if kind == "weights":
            self.take(server, message.weights, payload)
        elif kind == "answer":
            answer = message.answer
            if answer.kind == wire.data.Answer.KIND_REFUSED:
                raise Unable(70, f"server {server} refused a request: {answer.sentence}")
            if answer.kind == wire.data.Answer.KIND_GONE and self.wanted is not None and answer.version - 1 > self.wanted:
                self.gather(answer.version - 1)

    def take(self, server, weights, payload):
        header = weights.tensor
        segment = (server, header.offset, header.offset + header.count)
        if weights.version != self.wanted or segment not in self.missing or header.element_type != self.definition.element:
            return
        self.missing.remove(segment)
        if segment in self.unrequested:
            self.unrequested.remove(segment)
        self.gathered[segment[1] : segment[2]] = np.frombuffer(payload, self.definition.dtype)
        if not self.missing:
            self.version, self.weights, self.wanted = self.wanted, self.gathered, None
            self.share = wire.Share(self.nodes, self.definition.leaves)
            self.compute()
            self.evaluate()
            self.go_on()

    # A step.

    def gather(self, version):
        self.await_version(version)
        self.pull()

    def await_version(self, version):
        self.wanted, self.gathered = version, np.empty(self.definition.layout.count, self.definition.dtype)
        self.missing = [segment for segment in self.definition.segments if segment[1] < segment[2]]
        self.unrequested = list(self.missing)
        self.last_answer = time.monotonic()

    def pull(self):
        for server, start, _ in self.unrequested:
            self.servers[server].send(self.generation, pull=wire.data.Pull(version=self.wanted, offset=start))
        self.unrequested = []

    def go_on(self):
        """Asks for the next weights that the orders need, if any."""
        if self.wanted is not None:
            if self.share is None or self.share.is_delivered:
                self.pull()
            return
        is_evaluating = self.evaluation is not None and bool(self.evaluation.nodes)
        if self.version is None:
            if self.nodes or is_evaluating:
                self.gather(self.orders_version)
        elif self.nodes and self.version < self.definition.steps:
            if self.share.is_delivered:
                self.gather(self.version + 1)
        elif is_evaluating and self.evaluated_version > self.version:
            self.gather(self.evaluated_version)

    def compute(self):
        if self.version is None or self.version >= self.definition.steps:
            return
        for microbatch in self.share.begin():
            self.jobs.append(lambda m=microbatch, v=self.version, w=self.weights, s=self.share: self.computed(m, v, w, s))

    def computed(self, microbatch, version, weights, share):
        contribution = self.definition.contribution(version, microbatch, weights)
        if share is not self.share:
            return
        share.sums.insert(microbatch, contribution)
        self.push()
        self.go_on()

    def push(self):
        if self.share is None:
            return
        new = self.share.deliver()
        if not new:
            return
        if self.wanted is None:
            self.await_version(self.version + 1)
        if self.wanted == self.version + 1:
            # A push is a pull, too.
            self.unrequested = []
        for node, sum in new.items():
            self.send(node, sum, self.definition.segments)

    def send(self, node, sum, segments):
        for number, (server, start, end) in reversed(list(enumerate(self.definition.segments))):
            if (server, start, end) not in segments or start == end:
                continue
            push = wire.data.Push(
                step=self.version, node=wire.tensor.Node(start=node[0], count=node[1]), tally=sum.tally,
                tensor=wire.tensor.TensorHeader(element_type=self.definition.element, offset=start, count=end - start),
                squares=sum.squares[number])
            self.servers[server].send(self.generation, push=push, payload=sum.gradient[start:end].tobytes())

    def repeat(self):
        """What has not been answered is sent again, under the same keys."""
        if self.wanted is None or not (self.share is None or self.share.is_delivered):
            self.last_answer = self.last_word = time.monotonic()
            return
        if time.monotonic() - self.last_word > self.definition.server_silence:
            raise Left(69, f"the servers have not answered for {self.definition.server_silence:.0f} s")
        if time.monotonic() - self.last_answer <= RETRANSMISSION:
            return
        self.last_answer = time.monotonic()
        for node, sum in (self.share.delivered if self.share else {}).items():
            self.send(node, sum, self.missing)
        self.unrequested = list(self.missing)
        self.pull()

    # Evaluation.

    def evaluate(self):
        if self.evaluation is None or self.version is None or self.version != self.evaluated_version:
            return
        for chunk in self.evaluation.begin():
            self.jobs.append(lambda c=chunk, w=self.weights, s=self.evaluation: self.counted(c, w, s))

    def counted(self, chunk, weights, share):
        tally = self.definition.evaluation(chunk, weights)
        if share is self.evaluation:
            share.sums.insert(chunk, tally)
            self.report()

    def report(self):
        if self.evaluation is not None:
            self.tell(self.evaluation.deliver())

    def tell(self, sums):
        for node, sum in sums.items():
            evaluated = wire.running.Evaluated(
                version=self.evaluated_version, node=wire.tensor.Node(start=node[0], count=node[1]), tally=sum.tally)
            self.coordinator.send(self.generation, evaluated=evaluated)

    def fail(self, code, sentence):
        """Says why, so that the run need not wait for this worker's silence."""
        failed = wire.running.Failed(exit_code=code, sentence=sentence)
        self.coordinator.send(0, failed=failed)

    def close(self):
        for connection in [self.coordinator] + self.servers:
            connection.socket.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--join", required=True, help="endpoint of the run's coordinator, or the folder of a running run")
    parser.add_argument("--run", default="", help="join only if the run's hash begins with this")
    parser.add_argument("--key-file", help="a file with the run's key (default: the variable TARE_KEY)")
    parser.add_argument("--data", help="folder of the data set on this machine (default: as in the spec)")
    parser.add_argument("--model", choices=sorted(mlp.MODELS), default="numpy")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for the run")
    parser.add_argument("--rejoin-deadline", type=float, default=120, help="seconds to wait for a run that is silent")
    arguments = parser.parse_args()
    endpoint, key = arguments.join, os.environ.get("TARE_KEY", "")
    if "://" not in endpoint:
        endpoint, key = wire.read_run(endpoint)
    if arguments.key_file:
        key = open(arguments.key_file).read()
    context, life = zmq.Context(), None
    try:
        while True:
            life = Life(arguments, context, endpoint, wire.Key(key))
            try:
                life.run()
            except Rejoined:
                life.close()
    except Left as end:
        if life and isinstance(end, Unable):
            life.fail(end.code, str(end))
        if end.code:
            print(f"tare_worker.py: {end}", file=sys.stderr)
        return end.code
    except Exception as error:
        if life:
            life.fail(70, f"{type(error).__name__}: {error}")
        raise
    finally:
        if life:
            life.close()
        context.term()


if __name__ == "__main__":
    sys.exit(main())
