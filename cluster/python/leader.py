"""The other side of a worker: a coordinator and servers that say what a script tells them to, and note what they hear."""
import time

import zmq
from zmq.utils import z85

import wire


class Silence(Exception):
    """The worker has not said what it has to say."""


class Heard:
    """A message, with the socket and routing id of its connection, and the bytes of its payload."""

    def __init__(self, place, peer, message, payload):
        self.place, self.peer, self.message, self.payload = place, peer, message, payload
        self.generation, self.kind = message.generation, message.WhichOneof("body")
        self.body = getattr(message, self.kind)


class Leader:
    PATIENCE = 60

    def __init__(self, context, key, servers):
        self.key = key
        # The coordinator's, and those of the servers.
        self.sockets = [self._listener(context) for _ in range(1 + servers)]
        self.endpoint, *self.servers = (s.get(zmq.LAST_ENDPOINT).decode() for s in self.sockets)
        # Not yet asked for, in the order of arrival; what could not be read; and the last connections.
        self.heard, self.unreadable, self.peers = [], [], [None] * len(self.sockets)
        self.beats = False
        self.last_beat = 0.0

    def _listener(self, context):
        socket = context.socket(zmq.ROUTER)
        socket.linger, socket.curve_server = 0, True
        socket.curve_secretkey = z85.encode(self.key.derive("curve listener"))
        socket.bind("tcp://127.0.0.1:0")
        return socket

    # Hearing.

    def listen(self, seconds):
        """Takes in what arrives within that time, or what has arrived first."""
        if self.beats and time.monotonic() - self.last_beat > 0.25:
            self.last_beat = time.monotonic()
            self.tell(0, heartbeat=wire.running.Heartbeat())
        poller = zmq.Poller()
        for socket in self.sockets:
            poller.register(socket, zmq.POLLIN)
        for socket, _ in poller.poll(1000 * min(seconds, 0.1)):
            place = self.sockets.index(socket)
            peer, *frames = socket.recv_multipart()
            try:
                heard = Heard(place, peer, *wire.decode(frames, self.key.session))
            except wire.Malformed as error:
                self.unreadable.append(str(error))
                continue
            if heard.kind != "tensor_channel_request":
                self.peers[place] = peer
                self.heard.append(heard)

    def next(self, kind, wanted=lambda heard: True, seconds=PATIENCE):
        """The first message of a kind that has not been asked for before."""
        deadline = time.monotonic() + seconds
        while True:
            for index, heard in enumerate(self.heard):
                if heard.kind == kind and wanted(heard):
                    return self.heard.pop(index)
            if time.monotonic() > deadline:
                raise Silence(f"no {kind} within {seconds} s")
            self.listen(0.1)

    def gather(self, kind, keys, key, wanted=lambda heard: True):
        """The first message of each key."""
        found = {}
        while len(found) < len(keys):
            missing = set(keys) - set(found)
            try:
                heard = self.next(kind, lambda h: wanted(h) and key(h) in missing)
            except Silence as silence:
                raise Silence(f"{silence}: of {sorted(missing)[:4]}") from None
            found[key(heard)] = heard
        return found

    def hears_no(self, kind, wanted, seconds):
        """Whether none comes within that time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.listen(0.1)
        return not any(heard.kind == kind and wanted(heard) for heard in self.heard)

    def forget(self, kind):
        self.heard = [heard for heard in self.heard if heard.kind != kind]

    # Saying.

    def tell(self, generation, **body):
        """To the worker, as its coordinator."""
        self.say(0, [wire.seal(self.key.session, generation, **body).SerializeToString()])

    def say(self, place, frames):
        """From the coordinator, which is at place 0, or server place - 1."""
        self.sockets[place].send_multipart([self.peers[place], *frames])

    def close(self):
        for socket in self.sockets:
            socket.close()
