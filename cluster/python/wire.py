"""Keys, messages and frames, from docs/wire.md alone.

Needs pyzmq, protobuf and grpcio-tools, whose protoc compiles Tare's own .proto files when this module is imported.
"""
import hashlib
import json
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

PACKED = {
    "bfloat16": tensor.ELEMENT_TYPE_BFLOAT16, "float16": tensor.ELEMENT_TYPE_FLOAT16, "int8": tensor.ELEMENT_TYPE_INT8,
}
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


def node(node):
    return tensor.Node(start=node[0], count=node[1])


def tally(tally):
    """Of summed loss, correct predictions and samples."""
    return tensor.Tally(loss_sum=tally[0], correct=tally[1], samples=tally[2])


def read_run(folder):
    """Endpoint and key of a run that is led, from join.json in its folder."""
    entry = json.loads((pathlib.Path(folder) / "join.json").read_text())
    return entry["endpoint"], entry["key"]
