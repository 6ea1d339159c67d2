"""The microbatches of an asynchronous run: the coordinator hands them out, and each is computed at the newest weights there are."""
import numpy as np

import wire

DECISIONS = (wire.data.Answer.KIND_APPLIED, wire.data.Answer.KIND_LATE, wire.data.Answer.KIND_REJECTED)


class Hand:
    """What the coordinator has handed out, and what it has to be told."""

    def __init__(self, capacity):
        self.capacity, self.number, self.acknowledged = capacity, 0, 0
        self.waiting, self.begun = [], set()
        # Microbatch, whether every server has it, and the number of the first request that says so.
        self.settled = []

    @property
    def is_empty(self):
        return not self.waiting and not self.begun

    def take(self, grant):
        if grant.number < self.acknowledged:
            return
        self.acknowledged = grant.number
        self.settled = [entry for entry in self.settled if entry[2] > grant.number]
        held = {*self.waiting, *self.begun, *(microbatch for microbatch, _, _ in self.settled)}
        self.waiting = sorted(self.waiting + [number for number in grant.microbatches if number not in held])

    def begin(self):
        microbatch = self.waiting.pop(0)
        self.begun.add(microbatch)
        return microbatch

    def settle(self, microbatch, is_applied):
        self.begun.remove(microbatch)
        self.settled.append((microbatch, is_applied, self.number + 1))

    def request(self):
        """Everything that no grant has acknowledged, under a new number if there is something new."""
        self.number = max(self.number, self.settled[-1][2] if self.settled else 1)
        return wire.running.MicrobatchRequest(
            number=self.number, capacity=self.capacity, applied=[m for m, is_applied, _ in self.settled if is_applied],
            returned=[m for m, is_applied, _ in self.settled if not is_applied])


class Replica:
    """What is here of one server's shard: its version, the highest that the server is known to have, and the last one asked for."""

    def __init__(self):
        self.version, self.weights, self.known, self.pulled = -1, None, 0, -1


class Attempt:
    """A microbatch that has been begun, at one version of each shard."""

    def __init__(self, versions):
        # By server: computed and not answered.
        self.versions, self.pushes, self.is_rejected = versions, {}, False


class Microbatches:
    """Of one generation."""

    def __init__(self, life):
        self.life, self.definition = life, life.definition
        self.replicas = [Replica() for _ in self.definition.segments]
        # The next one is in hand before the last one is done; not where a step waits for all but a few.
        self.hand = Hand(1 if self.definition.asynchrony.bound == 0 else 2)
        self.attempts, self.is_computing, self.orders_version = {}, False, 0

    def follow(self, orders):
        self.orders_version = orders.version
        if self.hand.number == 0:
            self.ask()

    def ask(self):
        self.life.coordinator.send(self.life.generation, microbatch_request=self.hand.request())

    def take(self, grant):
        self.hand.take(grant)
        self.go_on()

    def go_on(self):
        """Begins what can be begun, and asks for the weights that pushes do not ask for."""
        for server, replica in enumerate(self.replicas):
            version = self.wanted(replica)
            if (not self.attempts or replica.version < 0) and replica.pulled < version:
                replica.pulled = version
                self.pull(server)
        self.life.evaluate()
        self.compute()

    # Weights.

    def wanted(self, replica):
        """The lowest version that is news."""
        return replica.version + 1 if replica.version >= 0 else self.orders_version

    def pull(self, server):
        pull = wire.data.Pull(version=self.wanted(self.replicas[server]), offset=self.definition.segments[server][1])
        self.life.servers[server].send(self.life.generation, pull=pull)

    def take_weights(self, server, weights, payload):
        header, replica = weights.tensor, self.replicas[server]
        _, start, end = self.definition.segments[server]
        is_shard = (header.element_type, header.offset, header.count) == (self.definition.element, start, end - start)
        if is_shard and weights.version > replica.version:
            replica.version, replica.weights = weights.version, np.frombuffer(payload, self.definition.dtype)
            replica.known = max(replica.known, weights.version)
            self.go_on()

    def gathered(self):
        return np.concatenate([replica.weights for replica in self.replicas])

    def weights_of(self, version):
        return self.gathered() if all(replica.version == version for replica in self.replicas) else None

    # Gradients.

    def is_behind(self, replica):
        """Whether a gradient at these weights would be rejected."""
        return replica.version < 0 or not self.definition.asynchrony.accepts(replica.version, replica.known)

    def compute(self):
        if self.is_computing or not self.hand.waiting or any(self.is_behind(replica) for replica in self.replicas):
            return
        microbatch, self.is_computing = self.hand.begin(), True
        self.attempts[microbatch] = Attempt([replica.version for replica in self.replicas])
        self.life.jobs.append(lambda m=microbatch, w=self.gathered(): self.computed(m, w))

    def computed(self, microbatch, weights):
        gradients, tally = self.definition.gradient(microbatch, weights)
        attempt, self.is_computing = self.attempts[microbatch], False
        for server, gradient in enumerate(gradients):
            payload = gradient.tobytes()
            push = self.definition.push(server, attempt.versions[server], (microbatch, 1), tally, payload)
            attempt.pushes[server] = push, payload
            self.send(server, attempt)
        self.go_on()

    def send(self, server, attempt):
        push, payload = attempt.pushes[server]
        self.life.servers[server].send(self.life.generation, push=push, payload=payload)

    def take_answer(self, server, answer):
        if answer.kind not in DECISIONS:
            return
        replica = self.replicas[server]
        replica.known = max(replica.known, answer.version)
        attempt = self.attempts.get(answer.microbatch)
        if attempt is None or attempt.pushes.pop(server, None) is None:
            return
        attempt.is_rejected = attempt.is_rejected or answer.kind == wire.data.Answer.KIND_REJECTED
        if not attempt.pushes:
            # Every server has decided.
            del self.attempts[answer.microbatch]
            self.hand.settle(answer.microbatch, not attempt.is_rejected)
            self.ask()
        self.go_on()

    # What has not been answered.

    @property
    def awaited(self):
        """The servers that owe an answer, or weights without which nothing goes on."""
        is_blocked = bool(self.hand.waiting) and not self.is_computing
        evaluated = self.life.evaluated_version if self.hand.is_empty else None
        return [
            server for server, replica in enumerate(self.replicas)
            if any(server in attempt.pushes for attempt in self.attempts.values())
            or is_blocked and self.is_behind(replica) or evaluated is not None and evaluated > replica.version
        ]

    @property
    def awaits_servers(self):
        return bool(self.awaited)

    @property
    def is_waiting(self):
        return self.hand.is_empty or self.awaits_servers

    def repeat(self):
        for attempt in self.attempts.values():
            for server in attempt.pushes:
                self.send(server, attempt)
        for server in self.awaited:
            self.pull(server)
        self.ask()
