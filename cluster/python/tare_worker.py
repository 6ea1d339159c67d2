#!/usr/bin/env python3
"""A worker of a run of Tare, written from docs/wire.md: it joins, computes the gradients of its microbatches, and evaluates.

    python3 tare_worker.py --join RUN                    RUN is the folder of a run on this machine
    TARE_KEY=… python3 tare_worker.py --join tcp://…     as "tare train --launcher none" prints it

For the preset mlp on MNIST or Fashion-MNIST, in synchronous and asynchronous runs, on every wire. Needs pyzmq, protobuf,
grpcio-tools and NumPy; with --model torch, PyTorch too. Beside workers of another kind, a run needs --allow-other-arithmetic.
"""
import argparse
import os
import sys

import zmq

import mlp
import wire
from endings import Left, Rejoined, Unable
from life import Life


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--join", required=True, help="endpoint of the run's coordinator, or the folder of a running run")
    parser.add_argument("--run", default="", help="join only if the run's hash begins with this")
    parser.add_argument("--rank", type=int, help="the worker's place in the run (default: the coordinator chooses)")
    parser.add_argument("--key-file", help="a file with the run's key (default: the variable TARE_KEY)")
    parser.add_argument("--data", help="folder of the data set on this machine (default: as in the spec)")
    parser.add_argument("--model", choices=sorted(mlp.MODELS), default="numpy")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for the run")
    parser.add_argument("--rejoin-deadline", type=float, default=120, help="seconds to wait for a run that is silent")
    arguments = parser.parse_args()
    endpoint, key = arguments.join, os.environ.get("TARE_KEY", "")
    if "://" not in endpoint:
        endpoint, key = wire.read_run(endpoint)
    if arguments.key_file:
        key = open(arguments.key_file).read()
    context, life = zmq.Context(), None
    try:
        while True:
            life = Life(arguments, context, endpoint, wire.Key(key))
            try:
                life.run()
            except Rejoined:
                life.close()
    except Left as end:
        if life and isinstance(end, Unable):
            life.fail(end.code, str(end))
        if end.code:
            print(f"tare_worker.py: {end}", file=sys.stderr)
        return end.code
    except Exception as error:
        if life:
            life.fail(70, f"{type(error).__name__}: {error}")
        raise
    finally:
        if life:
            life.close()
        context.term()


if __name__ == "__main__":
    sys.exit(main())
