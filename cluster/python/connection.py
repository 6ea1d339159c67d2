"""A DEALER socket to the coordinator or to a server."""
import os
import random

import zmq

import wire
from endings import Left


class Connection:
    """It sends without blocking; what does not fit in the queue is asked for again."""

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
