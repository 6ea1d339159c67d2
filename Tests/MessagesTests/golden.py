#!/usr/bin/env python3
"""Writes cluster/python/vectors/VERSION/frames.json: the header frames of Samples.swift as Google's own protobuf implementation encodes
them, and what they mean in protobuf's JSON. RoundTripTests compares them with what Tare encodes, and check_vectors.py is an
example of how a client of any language compares them with what it decodes.

Needs the packages protobuf and grpcio-tools. Run it from anywhere: python3 golden.py
"""
import json
import pathlib
import sys
import tempfile

from google.protobuf import json_format
from grpc_tools import protoc

here = pathlib.Path(__file__).resolve().parent
protos = here.parent.parent / "proto"
out = tempfile.mkdtemp()
files = sorted(str(p) for p in (protos / "tare" / "v1").glob("*.proto"))
assert protoc.main(["protoc", f"--proto_path={protos}", f"--python_out={out}", *files]) == 0
sys.path.insert(0, out)
from tare.v1 import data_pb2 as d, envelope_pb2 as e, hosting_pb2 as h, joining_pb2 as j, running_pb2 as r, tensor_pb2 as t, transport_pb2 as x  # noqa: E402

# Of the protocol; frames of released versions stay in their folders.
VERSION = 5
single = t.ELEMENT_TYPE_FLOAT32
double = t.ELEMENT_TYPE_FLOAT64
node = t.Node(start=4, count=2)
tensor = t.TensorHeader(element_type=single, offset=4608, count=1000)
packed = t.TensorHeader(element_type=t.ELEMENT_TYPE_INT8, offset=4608, count=1000, byte_count=1032)
memory = x.MemoryAddress(process=4711, descriptor=9, inode=(1 << 64) - 1, byte_count=1 << 40)

bodies = {
    "hello": j.Hello(role=j.ROLE_WORKER, rank=0, spec_hash="c0ffee", host="knoten-ä", process_id=4711, threads=2,
                     incarnation=0x0123456789ABCDEF, badge=0xFEDCBA9876543210),
    "hello without rank": j.Hello(role=j.ROLE_SERVER, host="h", process_id=1, threads=1),
    "welcome": j.Welcome(rank=3, spec_json='{"seed": 1}', spec_hash="c0ffee", server_count=2, worker_count=4),
    "welcome with trace": j.Welcome(rank=0, spec_json="{}", spec_hash="c0ffee", server_count=1, worker_count=1,
                                    is_traced=True),
    "refused": j.Refused(exit_code=69, sentence="the spec differs"),
    "ready": j.Ready(fingerprint="f1", endpoint="tcp://127.0.0.1:40001", isa="x86-64-v4"),
    "rejoin": j.Rejoin(),
    "status request": j.StatusRequest(drain=0),
    "status request without drain": j.StatusRequest(),
    "status reply": j.StatusReply(
        members=[j.StatusReply.MemberStatus(role=j.ROLE_SERVER, rank=0, host="a", process_id=7, progress=40),
                j.StatusReply.MemberStatus(role=j.ROLE_WORKER, rank=3, host="b", process_id=8, progress=123, microbatches=4)],
        version=40, sentence="worker 1 drained", is_refused=True),
    "server orders": r.ServerOrders(number=3, version=7, horizon=1 << 40, collect=0, reported=40,
                                    contributors=[r.Contributor(rank=0, badge=7), r.Contributor(rank=3, badge=1 << 63)]),
    "server orders without collect": r.ServerOrders(number=3, horizon=300),
    "worker orders": r.WorkerOrders(
        number=3, version=7, endpoints=["ipc:///tmp/a", "ipc:///tmp/b"], nodes=[t.Node(start=0, count=4), node],
        evaluation=r.Evaluation(version=100, nodes=[node])),
    "heartbeat": r.Heartbeat(progress=0, orders=3, pending=2, refused=5),
    "heartbeat with clock": r.Heartbeat(progress=7, clock=1234.5, received_bytes=1 << 40, sent_bytes=99),
    "spans": r.Spans(thread="computes", began=1234.5, works=[r.WORK_WAIT, r.WORK_COMPUTE, r.WORK_COPY, r.WORK_WIRE, r.WORK_SUM,
                     r.WORK_UPDATE], nanoseconds=[1 << 60, 0, 5, 127, 128, 129], steps=[0, 1, 1, 1, 1 << 62, 3],
                     clock="c0ffee", least_lag=-0.25, is_last=True),
    "spans without lag": r.Spans(thread="leads"),
    "step report": r.StepReport(step=12, tally=t.Tally(loss_sum=294.5, correct=13, samples=128), steps=3),
    "step report with fault": r.StepReport(
        step=12, tally=t.Tally(loss_sum=float("inf"), samples=128), steps=1, non_finite="conv1.weight", senders=[0, 3],
        partials=t.TensorHeader(element_type=double, count=24)),
    "evaluated": r.Evaluated(version=100, node=node, tally=t.Tally(loss_sum=-2.5, correct=0, samples=500)),
    "fetch": r.Fetch(version=100, part=3, offset=5, count=7),
    "state": r.State(version=100, part=3, tensor=tensor, tally=t.Tally(loss_sum=1.5, correct=3, samples=64), steps=2),
    "microbatch request": r.MicrobatchRequest(number=3, capacity=4, applied=[7, 0, 1 << 40], returned=[5]),
    "microbatch request with nothing": r.MicrobatchRequest(number=1, capacity=2),
    "microbatch grant": r.MicrobatchGrant(number=3, microbatches=[5, 8, 1 << 40]),
    "step report with staleness": r.StepReport(
        step=12, steps=3, tally=t.Tally(
            loss_sum=0.5, correct=13, samples=128, staleness=t.Staleness(counts=[3, 0, 1], late=2, rejected=5))),
    "stop": r.Stop(exit_code=130, sentence=""),
    "failed": r.Failed(exit_code=70, sentence="loss is not finite", step=9, layer="conv2"),
    "pull": d.Pull(version=1 << 62),
    "pull with offset": d.Pull(version=8, offset=4608),
    "pull with base": d.Pull(version=9, offset=4608, base_version=0),
    "weights": d.Weights(version=8, tensor=tensor),
    "weights with differences": d.Weights(version=8, tensor=packed),
    "push": d.Push(step=8, node=node, tally=t.Tally(loss_sum=2.302585092994046, correct=3, samples=64), tensor=tensor),
    "push with squares": d.Push(step=8, node=node, tally=t.Tally(loss_sum=0.5, correct=3, samples=64),
                                squares=[0.1, -0.0, float("inf"), 1e-300], tensor=tensor),
    "push with errors": d.Push(step=8, node=node, tally=t.Tally(), errors=[0.25, 1e-300], tensor=t.TensorHeader(
        element_type=t.ELEMENT_TYPE_BFLOAT16, offset=4608, count=1000, byte_count=2000)),
    "host hello": h.HostHello(name="node-ä", incarnation=1 << 63, slots=4, cores=8, memory=1 << 35, isa="x86-64-v4",
                              version="0.1.0", address="fd00::1"),
    "host orders": h.HostOrders(number=7, processes=[
        h.HostedProcess(id=1, role=j.ROLE_SERVER, rank=0, incarnation=2, port=40001, key="c0ffee"),
        h.HostedProcess(id=2, role=j.ROLE_WORKER, rank=3, incarnation=1 << 40, port=65535, key="c0ffee",
                        is_with_all=True)]),
    "host orders without processes": h.HostOrders(number=0),
    "host probe": h.HostProbe(number=1 << 40, tensor=tensor),
    "host probe without payload": h.HostProbe(number=0),
    "host probe reply": h.HostProbeReply(number=1 << 40, time=1795900000.25),
    "tensor channel request": x.TensorChannelRequest(),
    "tensor channel offer": x.TensorChannelOffer(port=40001, password="c0ffee", id=0x0123456789ABCDEF, secret="feed"),
    "shared memory offer": x.SharedMemoryOffer(segment=1 << 63, memory=memory),
    "shared memory answer": x.SharedMemoryAnswer(
        kind=x.SharedMemoryAnswer.KIND_ACCEPTED, segment=7, page=1 << 62, memory=memory),
    "shared memory answer without memory": x.SharedMemoryAnswer(kind=x.SharedMemoryAnswer.KIND_DECLINED, segment=7),
    "shared memory answer with an unknown page": x.SharedMemoryAnswer(
        kind=x.SharedMemoryAnswer.KIND_UNKNOWN, segment=0, page=5),
    "host report": h.HostReport(number=7, ended=[h.ProcessEnd(id=2, how="signal 9")]),
    "answer with a microbatch": d.Answer(kind=d.Answer.KIND_REJECTED, version=9, generation=3, microbatch=1 << 40),
    "answer": d.Answer(kind=d.Answer.KIND_WRONG_GENERATION, version=9, generation=3, sentence="older"),
}

def entry(envelope):
    header = envelope.SerializeToString(deterministic=True)
    meaning = json_format.MessageToDict(envelope, preserving_proto_field_name=True)
    return {"header": header.hex(), "meaning": meaning}


frames = {}
for name, body in bodies.items():
    field = name.split(" with")[0].replace(" ", "_")
    envelope = e.Envelope(protocol_version=VERSION, session=0xFEEDFACECAFEBEEF, generation=2)
    getattr(envelope, field).SetInParent()
    getattr(envelope, field).CopyFrom(body)
    frames[name] = entry(envelope)
frames["shared tensor"] = entry(e.Envelope(
    protocol_version=VERSION, session=0xFEEDFACECAFEBEEF, generation=2, weights=d.Weights(version=8, tensor=tensor),
    shared_tensor=x.SharedTensor(page=1 << 63, segment=7, offset=1 << 40, entry=255, number=1 << 62)))
vectors = protos.parent / "cluster" / "python" / "vectors" / str(VERSION)
vectors.mkdir(exist_ok=True)
(vectors / "frames.json").write_text(json.dumps(frames, indent=1, ensure_ascii=False) + "\n")
