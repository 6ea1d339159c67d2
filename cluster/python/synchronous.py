"""The steps of a synchronous run: gather a version of the weights, compute the gradients of the nodes of the orders, push them."""
import numpy as np

import tree
import wire
from contribution import Sum


class Steps:
    """Of one generation."""

    def __init__(self, life):
        self.life, self.definition = life, life.definition
        self.nodes, self.orders_version = [], 0
        # The version being gathered, what has come of it, and the segments still missing and still to be asked for.
        self.wanted, self.gathered, self.missing, self.unrequested = None, None, [], []
        self.version, self.weights, self.sum, self.share = None, None, None, None

    def follow(self, orders):
        nodes = [(node.start, node.count) for node in orders.nodes]
        if not self.nodes and nodes:
            # A spare gets work, at the servers' current version.
            self.wanted = None
            if self.version is not None and self.version < orders.version:
                self.version = self.share = None
        self.nodes, self.orders_version = nodes, orders.version
        if self.share:
            self.share.nodes = nodes
        self.compute()
        self.push()

    def weights_of(self, version):
        return self.weights if self.version == version else None

    def go_on(self):
        """Asks for the next weights that the orders need, if any."""
        if self.wanted is not None:
            if self.share is None or self.share.is_delivered:
                self.pull()
            return
        evaluated = self.life.evaluated_version
        if self.version is None:
            if self.nodes or evaluated is not None:
                self.gather(self.orders_version)
        elif self.nodes and self.version < self.definition.steps:
            if self.share.is_delivered:
                self.gather(self.version + 1)
        elif evaluated is not None and evaluated > self.version:
            self.gather(evaluated)

    # Weights.

    def gather(self, version):
        self.await_version(version)
        self.pull()

    def await_version(self, version):
        self.wanted, self.gathered = version, np.empty(self.definition.layout.count, self.definition.dtype)
        self.missing = list(range(len(self.definition.segments)))
        self.unrequested = list(self.missing)

    def pull(self):
        for segment in self.unrequested:
            server, start, _ = self.definition.segments[segment]
            pull = wire.data.Pull(version=self.wanted, offset=start)
            if self.definition.sends_differences and self.holds_base:
                pull.base_version = self.version
            self.life.servers[server].send(self.life.generation, pull=pull)
        self.unrequested = []

    @property
    def holds_base(self):
        """Whether the weights are those that differences lead on from."""
        return self.version is not None and self.version == self.wanted - 1

    def take_weights(self, server, weights, payload):
        header = weights.tensor
        segment = next((s for s in self.missing if self.definition.segments[s][:2] == (server, header.offset)), None)
        if weights.version != self.wanted or segment is None:
            return
        _, start, end = self.definition.segments[segment]
        content = self.content(segment, header, payload)
        if content is None or len(content) != end - start:
            return
        self.missing.remove(segment)
        if segment in self.unrequested:
            self.unrequested.remove(segment)
        self.gathered[start:end] = content
        if not self.missing:
            self.begin()

    def content(self, segment, header, payload):
        """The weights that a message brings; None if it is of another kind than the run's, or differences from what is not here."""
        if header.element_type == self.definition.element:
            return np.frombuffer(payload, self.definition.dtype)
        coding = self.definition.codings[segment]
        if header.element_type != self.definition.packed_element or len(payload) != coding.byte_count:
            return None
        if not self.definition.sends_differences:
            return coding.weights(payload, None)
        _, start, end = self.definition.segments[segment]
        return coding.weights(payload, self.weights[start:end]) if self.holds_base else None

    def take_answer(self, server, answer):
        is_gone = answer.kind == wire.data.Answer.KIND_GONE
        if is_gone and self.wanted is not None and answer.version - 1 > self.wanted:
            self.gather(answer.version - 1)

    # Gradients.

    def begin(self):
        """A step begins: everything of its version is here."""
        self.version, self.weights, self.wanted = self.wanted, self.gathered, None
        self.is_reported = self.definition.reports_after(self.version + 1)
        self.sum = Sum(self.definition.codings, self.version, self.is_reported and bool(self.definition.packed_element))
        self.share = tree.Share(self.nodes, self.definition.leaves, self.sum)
        self.compute()
        self.life.evaluate()
        self.go_on()

    def compute(self):
        if self.version is None or self.version >= self.definition.steps:
            return
        for microbatch in self.share.begin():
            self.life.jobs.append(lambda m=microbatch, w=self.weights, s=self.share: self.computed(m, w, s))

    def computed(self, microbatch, weights, share):
        if share is not self.share:
            return
        number = self.version * self.definition.leaves + microbatch
        gradients, tally = self.definition.gradient(number, weights)
        squares = [[] for _ in gradients]
        # The scatter of a single microbatch is undefined.
        if self.definition.leaves > 1 and self.is_reported:
            squares = self.definition.squares(gradients)
        share.sums.insert(microbatch, self.sum.leaf(microbatch, gradients, tally, squares))
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
        for node, contribution in new.items():
            self.send(node, contribution, range(len(self.definition.segments)))

    def send(self, node, contribution, segments):
        for segment in reversed(segments):
            payload = contribution.parts[segment]
            push = self.definition.push(
                segment, self.version, node, contribution.tally, payload, contribution.squares[segment],
                contribution.errors[segment])
            server = self.definition.segments[segment][0]
            self.life.servers[server].send(self.life.generation, push=push, payload=payload)

    # What has not been answered.

    @property
    def is_waiting(self):
        return self.wanted is not None and (self.share is None or self.share.is_delivered)

    awaits_servers = is_waiting

    def repeat(self):
        for node, contribution in (self.share.delivered if self.share else {}).items():
            self.send(node, contribution, self.missing)
        self.unrequested = list(self.missing)
        self.pull()
