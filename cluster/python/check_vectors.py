#!/usr/bin/env python3
"""Checks a client against the recorded vectors: that it decodes every frame to its meaning, and computes every number.

vectors/frames.json has, by name, the header frame of a message in hexadecimal and what it means, in protobuf's JSON.
vectors/numbers.json has keys, random numbers, trees, segments, fingerprints and initial weights. Tests of Tare hold both against
the program itself; a client of another language can be checked as this one is.
"""
import json
import pathlib
import sys

import zmq
from google.protobuf import json_format
from zmq.utils import z85

import mlp
import wire

VECTORS = pathlib.Path(__file__).resolve().parent / "vectors"
SESSION = 0xFEEDFACECAFEBEEF
wrong = []


def expect(what, found, wanted):
    if found != wanted:
        wrong.append(f"{what}: {found}, not {wanted}")


def check_frames(frames):
    for name, vector in frames.items():
        header = bytes.fromhex(vector["header"])
        message = wire.envelope.Envelope.FromString(header)
        meaning = json_format.MessageToDict(message, preserving_proto_field_name=True)
        # NaN aside, which no vector has, equal JSON is equal meaning.
        expect(name, meaning, vector["meaning"])
        again = json_format.ParseDict(vector["meaning"], wire.envelope.Envelope())
        expect(f"{name}, encoded", again.SerializeToString(deterministic=True).hex(), vector["header"])
        if message.HasField("shared_tensor") or message.WhichOneof("body").startswith("host_"):
            continue
        tensor = wire.tensor_of(message)
        payload = [] if tensor is None else [bytes(wire.byte_count(tensor))]
        expect(f"{name}, taken", wire.decode([header] + payload, SESSION)[0], message)
        for frames, session, version in (
            ([header] + payload, SESSION + 1, 5), ([header] + payload + [b"x"], SESSION, 5),
            ([header[:1] + b"\x06" + header[2:]] + payload, SESSION, 6),
        ):
            try:
                wire.decode(frames, session)
                wrong.append(f"{name}: taken from another session or version, or with another payload")
            except wire.OtherVersion:
                expect(f"{name}, version", version, 6)
            except wire.Malformed:
                expect(f"{name}, version", version, 5)


def nodes(node):
    return [list(node)] + ([] if node[1] == 1 else [n for half in wire.halves(node) for n in nodes(half)])


def check_numbers(numbers):
    key = wire.Key(numbers["key"]["text"])
    expect("session", str(key.session), numbers["key"]["session"])
    expect("password", key.derive("password").hex(), numbers["key"]["password"])
    for end in ("connection", "listener"):
        public = zmq.curve_public(z85.encode(key.derive(f"curve {end}")))
        expect(f"public key of the {end}", z85.decode(public).hex(), numbers["key"][end])
    names = {number: name for name, number in wire.PURPOSES.items()}
    for v in numbers["words"]:
        found = [int(w[0]) for w in wire.words(v["seed"], names[v["purpose"]], v["stream"], [v["index"]])]
        expect(f"words {v}", found, v["words"])
    for v in numbers["permutations"]:
        found = wire.permutation(v["seed"], v["epoch"], v["images"])[:16].tolist()
        expect(f"permutation of epoch {v['epoch']}", found, v["first"])
    for v in numbers["trees"]:
        expect(f"tree of {v['leaves']}", nodes((0, v["leaves"])), v["nodes"])
    for v in numbers["shares"]:
        sums = wire.TreeSum(v["leaves"])
        for leaf in reversed(v["held"]):
            sums.insert(leaf, 1)
        expect(f"share {v['held']} of {v['leaves']}", sorted(map(list, sums.sums)), v["nodes"])
    for v in numbers["segments"]:
        found = mlp.layout(v["inputs"], v["classes"], 1).segments(v["servers"])
        expect(f"segments on {v['servers']} servers", [list(s) for s in found], v["segments"])
    for v in numbers["runs"]:
        run = json.loads(v["json"])
        spec, images = run["spec"], run["images"]
        shape = images["shape"]
        layout = mlp.layout(
            shape["channels"] * shape["height"] * shape["width"], len(images["classNames"]), spec["initScale"])
        steps = spec.get("steps") or int(spec["epochs"] * images["trainCount"] / spec["batch"])
        expect("numbers", wire.numbers_fingerprint(spec, layout, steps, images["trainCount"]), v["numbers"])
        for index, parameter in enumerate(layout.parameters):
            found = parameter.start(spec["seed"], index, 3)
            expect(parameter.name, found, v["initialWeights"][parameter.name])


frames = json.loads((VECTORS / "frames.json").read_text())
numbers = json.loads((VECTORS / "numbers.json").read_text())
check_frames(frames)
check_numbers(numbers)
for sentence in wrong:
    print(sentence, file=sys.stderr)
print(f"{len(frames)} frames and {sum(len(v) for v in numbers.values())} numbers: {len(wrong)} are wrong")
sys.exit(1 if wrong else 0)
