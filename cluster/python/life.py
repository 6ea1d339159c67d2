"""One life of a worker, from hello to stop or rejoin: joining, orders, heartbeats and evaluations. What it computes between them is
the matter of synchronous.py or asynchronous.py."""
import collections
import os
import random
import socket
import time

import zmq

import tree
import wire
from asynchronous import Microbatches
from connection import Connection
from contribution import added
from definition import Definition
from endings import Left, Rejoined, Unable
from synchronous import Steps

RETRANSMISSION = 1.0
HEARTBEAT = 0.25
TRY_AGAIN = 75


class Evaluation:
    """This worker's part of one evaluation."""

    def __init__(self, version, chunks):
        self.version, self.share = version, tree.Share([], chunks, lambda _, left, right: added(left, right))


class Life:
    def __init__(self, arguments, context, endpoint, key):
        self.arguments, self.context, self.endpoint, self.key = arguments, context, endpoint, key
        self.badge, self.incarnation = random.getrandbits(64) | 1, random.getrandbits(64) | 1 << 32
        self.coordinator = Connection(context, endpoint, key)
        self.servers = []
        self.generation, self.number = 0, -1
        # Of this generation.
        self.work, self.evaluation = None, None
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
            process_id=os.getpid(), threads=1, incarnation=self.incarnation, badge=self.badge, rank=self.arguments.rank)
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
            if self.work:
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
        if kind == "microbatch_grant" and message.generation == self.generation and self.definition.asynchrony:
            self.work.take(message.microbatch_grant)

    def follow(self, generation, orders):
        if (generation, orders.number) < (self.generation, self.number):
            return
        is_repeated = (generation, orders.number) == (self.generation, self.number)
        if generation > self.generation:
            # Nothing of an older one is of any use, neither weights nor gradients.
            self.jobs.clear()
            for connection in self.servers:
                connection.socket.close()
            self.servers = [Connection(self.context, place, self.key, self.badge) for place in orders.endpoints]
            self.evaluation = None
            self.work = Microbatches(self) if self.definition.asynchrony else Steps(self)
        self.generation, self.number = generation, orders.number
        self.assign(orders)
        self.pulse()
        self.work.follow(orders)
        self.evaluate()
        if is_repeated and self.evaluation:
            self.tell(self.evaluation.share.delivered)
        self.report()
        self.work.go_on()

    # The servers' messages.

    def answer(self, server, message, payload):
        if message.generation != self.generation:
            return
        kind = message.WhichOneof("body")
        if kind == "weights":
            self.work.take_weights(server, message.weights, payload)
        elif kind == "answer":
            if message.answer.kind == wire.data.Answer.KIND_REFUSED:
                raise Unable(70, f"server {server} refused a request: {message.answer.sentence}")
            self.work.take_answer(server, message.answer)

    def repeat(self):
        """What has not been answered is sent again, under the same keys."""
        now = time.monotonic()
        if not self.work.awaits_servers:
            self.last_word = now
        if now - self.last_word > self.definition.server_silence:
            raise Left(69, f"the servers have not answered for {self.definition.server_silence:.0f} s")
        if not self.work.is_waiting:
            self.last_answer = now
        elif now - self.last_answer > RETRANSMISSION:
            self.last_answer = now
            self.work.repeat()

    # Evaluation.

    def assign(self, orders):
        """Chunks of the test images; the version may be one that does not exist yet."""
        if not orders.HasField("evaluation"):
            self.evaluation = None
            return
        if self.evaluation is None or self.evaluation.version != orders.evaluation.version:
            self.evaluation = Evaluation(orders.evaluation.version, self.definition.chunks)
        self.evaluation.share.nodes = [(node.start, node.count) for node in orders.evaluation.nodes]

    @property
    def evaluated_version(self):
        """The version that has to be evaluated here, if any."""
        return self.evaluation.version if self.evaluation and self.evaluation.share.nodes else None

    def evaluate(self):
        """Begins once the weights of just that version are here, whichever came first."""
        weights = self.work.weights_of(self.evaluation.version) if self.evaluation else None
        if weights is not None:
            for chunk in self.evaluation.share.begin():
                self.jobs.append(lambda c=chunk, w=weights, e=self.evaluation: self.counted(c, w, e))

    def counted(self, chunk, weights, evaluation):
        tally = self.definition.evaluation(chunk, weights)
        if evaluation is self.evaluation:
            evaluation.share.sums.insert(chunk, tally)
            self.report()

    def report(self):
        if self.evaluation is not None:
            self.tell(self.evaluation.share.deliver())

    def tell(self, sums):
        for node, tally in sums.items():
            evaluated = wire.running.Evaluated(
                version=self.evaluation.version, node=wire.node(node), tally=wire.tally(tally))
            self.coordinator.send(self.generation, evaluated=evaluated)

    # The end.

    def fail(self, code, sentence):
        """Says why, so that the run need not wait for this worker's silence."""
        failed = wire.running.Failed(exit_code=code, sentence=sentence)
        self.coordinator.send(0, failed=failed)

    def close(self):
        for connection in [self.coordinator] + self.servers:
            connection.socket.close()
