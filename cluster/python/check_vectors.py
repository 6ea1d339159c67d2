#!/usr/bin/env python3
"""Checks a client against the recorded vectors: that it decodes every frame to its meaning, and computes every number.

vectors/VERSION/frames.json has, by name, the header frame of a message in hexadecimal and what it means, in protobuf's JSON.
vectors/VERSION/numbers.json has keys, random numbers, trees, segments, packed numbers, fingerprints and initial weights. Tests of Tare
hold both against the program itself; a client of another language can be checked as this one is. Of other versions of the protocol,
the frames have to be recognized as such.
"""
import json
import math
import pathlib
import sys

import numpy as np
import zmq
from google.protobuf import json_format
from zmq.utils import z85

import contribution
import definition
import draws
import fingerprint
import mlp
import packing
import tree
import vector
import wire

VECTORS = pathlib.Path(__file__).resolve().parent / "vectors"
# Field 1000 of a message that a newer program has added to: ignored.
UNKNOWN = bytes([0xC0, 0x3E, 7])
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
        newer = wire.decode([header + UNKNOWN] + payload, SESSION)[0]
        newer.DiscardUnknownFields()
        expect(f"{name}, with another field", newer, message)
        for frames, session, error in (
            ([header] + payload, SESSION + 1, wire.Malformed), ([header] + payload + [b"x"], SESSION, wire.Malformed),
            ([header[:1] + bytes([wire.PROTOCOL_VERSION + 1]) + header[2:]] + payload, SESSION, wire.OtherVersion),
        ):
            expect_refusal(name, frames, session, error)


def expect_refusal(name, frames, session, error):
    try:
        wire.decode(frames, session)
        wrong.append(f"{name}: taken from another session or version, or with another payload")
    except wire.Malformed as refusal:
        expect(f"{name}, refused", type(refusal), error)


def nodes(node):
    return [list(node)] + ([] if node[1] == 1 else [n for half in tree.halves(node) for n in nodes(half)])


def check_numbers(numbers):
    key = wire.Key(numbers["key"]["text"])
    expect("session", str(key.session), numbers["key"]["session"])
    expect("password", key.derive("password").hex(), numbers["key"]["password"])
    for end in ("connection", "listener"):
        public = zmq.curve_public(z85.encode(key.derive(f"curve {end}")))
        expect(f"public key of the {end}", z85.decode(public).hex(), numbers["key"][end])
    names = {number: name for name, number in draws.PURPOSES.items()}
    for v in numbers["words"]:
        found = [int(w[0]) for w in draws.words(v["seed"], names[v["purpose"]], v["stream"], [v["index"]])]
        expect(f"words {v}", found, v["words"])
    for v in numbers["permutations"]:
        found = draws.permutation(v["seed"], v["epoch"], v["images"])[:16].tolist()
        expect(f"permutation of epoch {v['epoch']}", found, v["first"])
    for v in numbers["trees"]:
        expect(f"tree of {v['leaves']}", nodes((0, v["leaves"])), v["nodes"])
    for v in numbers["shares"]:
        sums = tree.TreeSum(v["leaves"], lambda _, left, right: left + right)
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
        steps = definition.steps(spec, images["trainCount"])
        expect("numbers", fingerprint.numbers(spec, layout, steps, images["trainCount"]), v["numbers"])
        for index, parameter in enumerate(layout.parameters):
            found = parameter.start(spec["seed"], index, 3)
            expect(parameter.name, found, v["initialWeights"][parameter.name])


def floats(digits):
    return np.frombuffer(bytes.fromhex(digits), "<f4")


def check_packed(v):
    """A segment of one wire: what is sent of three microbatches and of their sums, and of weights."""
    layout = vector.Layout([vector.Parameter(p["name"], p["shape"], ("constant", 0)) for p in v["parameters"]])
    spec = {"wire": v["format"], "seed": v["seed"]}
    coding = packing.Coding(layout, v["begin"], v["end"], spec, np.dtype("<f4"))
    total = contribution.Sum([coding], v["step"], measures_errors=True)
    values = {}
    with np.errstate(invalid="ignore"):
        for k, digits in enumerate(v["leaves"]):
            values[k, 1] = total.leaf(k, [floats(digits)], (0, 0, 1), [np.array([])])
        values[0, 2] = total((0, 2), values[0, 1], values[1, 1])
        values[0, 3] = total((0, 3), values[0, 2], values[2, 1])
    for value in v["values"]:
        node = value["start"], value["count"]
        what = f"{v['format']}, node {node}"
        expect(what, values[node].parts[0].hex(), value["packed"])
        for found, wanted in zip(values[node].errors[0], value["errors"]):
            if not math.isclose(found, wanted, rel_tol=1e-12):
                wrong.append(f"{what}: an error of {found}, not {wanted}")
    for w in v["weights"]:
        found = coding.weights(bytes.fromhex(w["packed"]), floats(w["held"]) if "held" in w else None)
        expect(f"{v['format']}, weights", found.tobytes().hex(), w["unpacked"])


def check_versions():
    """Fields 1 and 2 of the envelope never change, so the frames of every version show that they are of another one."""
    for folder in sorted(VECTORS.iterdir()):
        frames = json.loads((folder / "frames.json").read_text())
        if int(folder.name) != wire.PROTOCOL_VERSION:
            for name, recorded in frames.items():
                expect_refusal(name, [bytes.fromhex(recorded["header"])], SESSION, wire.OtherVersion)


frames, numbers = (
    json.loads((VECTORS / str(wire.PROTOCOL_VERSION) / f"{name}.json").read_text()) for name in ("frames", "numbers"))
check_versions()
check_frames(frames)
check_numbers(numbers)
for packed in numbers["packed"]:
    check_packed(packed)
for sentence in wrong:
    print(sentence, file=sys.stderr)
print(f"{len(frames)} frames and {sum(len(v) for v in numbers.values())} numbers: {len(wrong)} are wrong")
sys.exit(1 if wrong else 0)
