#!/usr/bin/env python3
"""Plays coordinator and server for a worker of any make, and checks what it says against docs/wire.md.

    python3 conformance.py -- tare worker --join {endpoint}
    python3 conformance.py --data FOLDER -- python3 tare_worker.py --join {endpoint}

The words after -- start the worker, with the run's key in TARE_KEY; {endpoint} stands for where it joins. The run is synchronous, of
the preset mlp, on Tare's embedded images, or with --data on the MNIST of that folder. Prints a line for each rule, and exits with 1 if
one is broken. Needs what tare_worker.py needs.
"""
import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import zmq

import fingerprint
import mlp
import mnist
import wire
from leader import Leader, Silence

VECTORS = pathlib.Path(__file__).resolve().parent / "vectors" / str(wire.PROTOCOL_VERSION) / "numbers.json"
# A field that no message has: 1000, with the number 1.
UNKNOWN = b"\xc0\x3e\x01"


class Run:
    """What the worker is asked to train: the first run of the vectors, with two servers and metrics in each step."""

    SERVERS = 2

    def __init__(self, folder):
        recorded = json.loads(VECTORS.read_text())["runs"][0]
        document = json.loads(recorded["json"])
        self.hash = recorded["hash"]
        spec = document["spec"]
        spec["execution"].update(servers=self.SERVERS, metricsEvery=1)
        self.images = None
        if folder:
            # Half of the training images: what is hashed and counted is what the run uses.
            limit = len(mnist.Images(folder, 0, np.float32).train) // 2
            self.images = mnist.Images(folder, limit, np.float32)
            _, height, width = self.images.train.shape
            spec["dataset"] = {**spec["dataset"], "name": "mnist", "path": folder, "limit": limit}
            document["images"] = {
                "classNames": [str(digit) for digit in range(10)],
                "shape": {"channels": 1, "height": height, "width": width},
                "trainCount": len(self.images.train), "testCount": len(self.images.test),
            }
            document["data"] = {part: {"sha256": sha256} for part, sha256 in self.images.identities().items()}
            document["data"]["files"] = [{"path": "train", "checksum": "different", "sha256": "00"}]
        shape, classes = document["images"]["shape"], len(document["images"]["classNames"])
        self.layout = mlp.layout(shape["channels"] * shape["height"] * shape["width"], classes, spec["initScale"])
        # By its beginning: the server of each segment, and the segment's end.
        self.segments = {start: (server, end) for server, start, end in self.layout.segments(self.SERVERS)}
        self.microbatch = spec["microbatch"]
        self.first_chunk = min(self.microbatch, document["images"]["testCount"])
        self.json = json.dumps(document)
        self.numbers = fingerprint.numbers(spec, self.layout, spec["steps"], document["images"]["trainCount"])
        self.welcome = wire.joining.Welcome(
            rank=0, spec_json=self.json, spec_hash=self.hash, server_count=self.SERVERS,
            worker_count=spec["execution"]["workers"])

    def weights(self, seed):
        """Of any version: what a training run might have."""
        generator = np.random.default_rng(seed)
        vector = np.zeros(self.layout.count, "<f4")
        for name, view in self.layout.views(vector).items():
            if name.endswith(".weight"):
                view[:] = generator.normal(0, (2 / view[0].size) ** 0.5, view.shape)
            elif name.endswith((".gamma", ".running_var")):
                view[:] = 1
        return vector

    def logged_filters(self, start):
        """Of a segment: how many squares a push of it has."""
        parts = self.layout.slices(start, self.segments[start][1])
        return sum((high - low) // p.filter_length for p, low, high in parts if p.is_logged)


class Conformance:
    def __init__(self, run, words):
        self.run, self.words = run, words
        self.broken = 0
        self.context = zmq.Context()

    def check(self, rule, holds, found=None):
        self.broken += not holds
        print(f"{'ok    ' if holds else 'BROKEN'}  {rule}" + ("" if holds or found is None else f": {found}"), flush=True)

    @contextlib.contextmanager
    def worker(self):
        """A process of the worker, with a leader of its own."""
        key = wire.Key(os.urandom(16).hex())
        leader = Leader(self.context, key, self.run.SERVERS)
        words = [word.replace("{endpoint}", leader.endpoint) for word in self.words]
        process = subprocess.Popen(words, env={**os.environ, "TARE_KEY": key.bytes.hex()}, stdout=subprocess.DEVNULL)
        try:
            yield leader, process
        except Silence as silence:
            self.check("the worker goes on", False, silence)
        finally:
            self.check("each message can be read", not leader.unreadable, leader.unreadable[:3])
            process.kill()
            process.wait()
            leader.close()

    def ends(self, process, code, rule):
        try:
            found = process.wait(Leader.PATIENCE)
        except subprocess.TimeoutExpired:
            found = "it goes on"
        self.check(rule, found == code, found)

    # The rules.

    def everything(self):
        with self.worker() as (leader, process):
            first = self.hello(leader)
            self.ready(leader)
            sums = self.first_step(leader, first)
            self.next_generations(leader, sums)
            self.next_step(leader)
            self.evaluation(leader)
            self.rejoin(leader, first)
            leader.tell(0, welcome=self.run.welcome)
            leader.next("ready")
            leader.tell(0, stop=wire.running.Stop(exit_code=42, sentence="enough"))
            self.ends(process, 42, "stop: the worker leaves with its exit code")
        with self.worker() as (leader, process):
            leader.next("hello")
            leader.tell(0, refused=wire.joining.Refused(exit_code=65, sentence="other images"))
            self.ends(process, 65, "refused: the worker leaves with its exit code")
        with self.worker() as (leader, process):
            leader.next("hello")
            newer = wire.seal(leader.key.session, 0, refused=wire.joining.Refused(exit_code=1))
            newer.protocol_version += 1
            leader.say(0, [newer.SerializeToString()])
            self.ends(process, 69, "another version: the worker leaves with 69")
        return self.broken

    def hello(self, leader):
        first = leader.next("hello")
        hello = first.body
        self.check("hello: the role of a worker, in generation 0", hello.role == 2 and first.generation == 0, first.message)
        self.check("hello: host, process and threads", hello.host and hello.process_id > 0 and hello.threads > 0, hello)
        self.check("hello: badge and incarnation are not 0", hello.badge and hello.incarnation, hello)
        self.check(
            "the routing id at the coordinator: a byte from 2 on, and 15 more",
            len(first.peer) == 16 and first.peer[0] >= 2, first.peer.hex())
        again = leader.next("hello")
        self.check("hello: the same again until somebody answers", (again.peer, again.body) == (first.peer, hello), again.body)
        leader.tell(0, refused=wire.joining.Refused(exit_code=75, sentence="not yet"))
        leader.forget("hello")
        leader.next("hello")
        self.check("refused with 75: it keeps asking", True)
        return first

    def ready(self, leader):
        stranger = wire.seal(leader.key.session ^ 1, 0, stop=wire.running.Stop(exit_code=1))
        leader.say(0, [stranger.SerializeToString()])
        leader.say(0, [b"no message"])
        leader.say(0, [wire.seal(leader.key.session, 0, stop=wire.running.Stop()).SerializeToString(), b"a payload"])
        welcome = wire.seal(leader.key.session, 0, welcome=self.run.welcome)
        leader.say(0, [welcome.SerializeToString() + UNKNOWN])
        leader.beats = True
        ready = leader.next("ready").body
        self.check("another session, no message, a payload too much: dropped; a field that nobody knows: ignored", True)
        parts = ready.fingerprint.split("/", 3)
        self.check("ready: a fingerprint of four parts, and no endpoint", len(parts) == 4 and not ready.endpoint, ready)
        self.check("ready: NUMBERS", parts[0] == self.run.numbers, parts[0])
        if self.run.images:
            self.check("ready: IMAGES", parts[2] == self.run.images.digest, parts[2])
        self.check("ready: the same again until there are orders", leader.next("ready").body == ready)

    def order(self, leader, generation, number, version, nodes, chunks=()):
        evaluation = wire.running.Evaluation(version=version, nodes=[wire.node(n) for n in chunks]) if chunks else None
        leader.tell(generation, worker_orders=wire.running.WorkerOrders(
            number=number, version=version, endpoints=leader.servers, nodes=[wire.node(n) for n in nodes],
            evaluation=evaluation))

    def follows(self, leader, generation, number):
        leader.next("heartbeat", lambda h: h.generation == generation and h.body.orders == number)
        self.check(f"orders {number} of generation {generation}: heartbeats say that the worker follows them", True)

    def pulls(self, leader, generation, version):
        found = leader.gather(
            "pull", self.run.segments, lambda h: h.body.offset,
            lambda h: h.generation == generation and h.body.version == version)
        self.check("pull: each segment, of its server", all(h.place == 1 + self.run.segments[s][0] for s, h in found.items()))
        return found

    def send(self, leader, generation, version, weights, start, session=None):
        server, end = self.run.segments[start]
        tensor = wire.tensor.TensorHeader(
            element_type=wire.tensor.ELEMENT_TYPE_FLOAT32, offset=start, count=end - start)
        message = wire.seal(
            session or leader.key.session, generation, weights=wire.data.Weights(version=version, tensor=tensor))
        leader.say(1 + server, [message.SerializeToString(), weights[start:end].tobytes()])

    def pushes(self, leader, generation, step, nodes):
        """One push for each node and segment, by (node, beginning)."""
        found = leader.gather(
            "push", [(node, start) for node in nodes for start in self.run.segments],
            lambda h: ((h.body.node.start, h.body.node.count), h.body.tensor.offset),
            lambda h: h.generation == generation and h.body.step == step)
        for (node, start), heard in found.items():
            push, values = heard.body, np.frombuffer(heard.payload, "<f4")
            what = f"the push of node {node} at {start}"
            server, end = self.run.segments[start]
            wanted = (1 + server, node[1] * self.run.microbatch, end - start, self.run.logged_filters(start))
            counts = (heard.place, push.tally.samples, push.tensor.count, len(push.squares))
            if counts != wanted or not np.isfinite(values).all() or push.tally.correct > push.tally.samples:
                self.check(f"{what}: at its server, with its samples, elements and squares, and finite", False, (counts, wanted))
        for node in nodes:
            tallies = {found[node, start].body.tally.SerializeToString() for start in self.run.segments}
            self.check(f"push, step {step}, node {node}: the same tally in each segment", len(tallies) == 1, len(tallies))
        return found

    def first_step(self, leader, first):
        nodes = [(0, 2), (2, 1)]
        self.order(leader, 1, 1, 0, nodes)
        self.follows(leader, 1, 1)
        pulls = self.pulls(leader, 1, 0)
        peer = next(iter(pulls.values())).peer
        self.check(
            "the routing id at a server: 1, the badge, 7 bytes", len(peer) == 16
            and peer[:9] == b"\1" + first.body.badge.to_bytes(8, "little"), peer.hex())
        weights, poison = self.run.weights(1), np.full(self.run.layout.count, np.nan, "<f4")
        for start in self.run.segments:
            self.send(leader, 2, 0, poison, start)
            self.send(leader, 1, 3, poison, start)
            self.send(leader, 1, 0, poison, start, session=leader.key.session ^ 1)
        for start in self.run.segments:
            self.send(leader, 1, 0, weights, start)
        found = self.pushes(leader, 1, 0, nodes)
        self.check("weights of another generation, version or session: not used", True)
        leader.forget("push")
        again = self.pushes(leader, 1, 0, nodes)
        equal = all((again[k].body, again[k].payload) == (h.body, h.payload) for k, h in found.items())
        self.check("nobody answers: the same pushes come again", equal)
        self.pulls(leader, 1, 1)
        self.check("nobody answers: and pulls of the next version", True)
        return found

    def next_generations(self, leader, before):
        """The halves of a node that was one sum before, each in a generation of its own."""
        left = self.again(leader, 2, [(0, 1), (2, 1)], stale=[(3, 1)])
        right = self.again(leader, 3, [(1, 1)], stale=[(0, 1), (2, 1)])

        def values(sums, node, start):
            return np.frombuffer(sums[node, start].payload, "<f4")

        sums = all(
            (values(left, (0, 1), s) + values(right, (1, 1), s)).tobytes() == before[(0, 2), s].payload
            for s in self.run.segments)
        self.check("the reduction tree: the sum of two leaves is left + right, bit by bit", sums)
        self.check(
            "the same microbatch at the same weights: the same bits",
            all(left[(2, 1), s].payload == before[(2, 1), s].payload for s in self.run.segments))

    def again(self, leader, generation, nodes, stale):
        """Step 0 of another generation, beside orders of the one before that come late."""
        self.order(leader, generation, 1, 0, nodes)
        self.follows(leader, generation, 1)
        self.order(leader, generation - 1, 50, 0, stale)
        self.pulls(leader, generation, 0)
        self.check("a new generation: the weights are asked for anew", True)
        leader.forget("push")
        weights = self.run.weights(1)
        for start in self.run.segments:
            self.send(leader, generation, 0, weights, start)
        found = self.pushes(leader, generation, 0, nodes)
        self.check("older orders: ignored", leader.hears_no("push", lambda h: h.generation < generation, 0.5))
        return found

    def next_step(self, leader):
        weights, starts = self.run.weights(2), list(self.run.segments)
        for start in starts[:-1]:
            self.send(leader, 3, 1, weights, start)
        self.check(
            "a step begins when all segments are there", leader.hears_no("push", lambda h: h.body.step == 1, 0.5))
        self.send(leader, 3, 1, weights, starts[-1])
        self.pushes(leader, 3, 1, [(1, 1)])

    def evaluation(self, leader):
        self.order(leader, 3, 2, 1, [(1, 1)], chunks=[(0, 1)])
        self.follows(leader, 3, 2)
        evaluated = leader.next("evaluated", lambda h: h.generation == 3)
        body = evaluated.body
        self.check(
            "evaluated: version, node and samples",
            (body.version, body.node.start, body.node.count, body.tally.samples) == (1, 0, 1, self.run.first_chunk), body)
        self.order(leader, 3, 2, 1, [(1, 1)], chunks=[(0, 1)])
        again = leader.next("evaluated", lambda h: h.generation == 3)
        self.check("the same orders again: the answer again", again.body == body, again.body)

    def rejoin(self, leader, first):
        progress = [h.body.progress for h in leader.heard if h.kind == "heartbeat"]
        self.check("heartbeats: progress only rises", progress == sorted(progress), progress[-10:])
        leader.forget("ready")
        leader.tell(0, rejoin=wire.joining.Rejoin())
        second = leader.next("hello")
        self.check(
            "rejoin: another incarnation, badge and routing id",
            second.peer != first.peer and second.body.badge != first.body.badge
            and second.body.incarnation != first.body.incarnation, second.body)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="a folder with MNIST's files")
    parser.add_argument("worker", nargs="+", help="the command that starts a worker")
    arguments = parser.parse_args()
    broken = Conformance(Run(arguments.data), arguments.worker).everything()
    print(f"{broken} rules are broken" if broken else "all rules hold")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
